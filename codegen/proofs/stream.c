/*
 * A reader of records visits exactly what the bytes describe: it returns the record at its
 * place with its data, or why that cannot be read, and reads nothing outside the bytes.
 *
 * For records of every size with any content, from any place that a reader reaches: the
 * claims are about one step, and a step ends at such a place again. A step that returns a
 * record moves on, so records end.
 *
 * breaks events: if (!size || size > records->len - records->at) => if (!size || size - 1 > records->len - records->at)
 * breaks faults: if (records->at >= records->len) => if (records->at > records->len)
 * breaks events: if (data_len > left) => if (data_len > left + 1)
 * breaks events: records->at += size + *len; => records->at += size;
 * breaks faults: records->len = records->at; => records->len = records->at + 1;
 * breaks faults: memcpy(to, records->bytes + records->at, at); => memcpy(to, records->bytes, at);
 * breaks events: *data = records->bytes + records->at + size; => *data = records->bytes + records->at;
 * breaks faults: size = 0x28; => size = 0x20;
 * breaks events: if (!(record->flags & 1)) { => if (!(record->flags & 2)) {
 * breaks events: length = 0x20; => length = 0x10;
 * breaks frames: if (record->length < size) => if (record->length + 1 < size)
 * breaks frames: length = record->length - size; => length = record->length;
 * breaks notices: length = record->len; => length = record->len + 1;
 */
#define EVERY_SIZE
#define COPIES_WORDS
#include "model.h"

/*
 * Any byte of a record. Its bytes are those of the numbers that the copy reads: as many
 * words as there are, or the only number.
 */
static __u64 byte_of(const __u8 *at, __u32 place);
static __u64 number_of(const __u8 *at, __u32 place, __u32 size);

#include CHAIN

static __u64 byte_of(const __u8 *at, __u32 place)
{
	switch (RECORD_SIZE) {
	case 2:
		return READ16(at) >> 8 * place & 0xff;
	case 4:
		return READ32(at) >> 8 * place & 0xff;
	default:
		return READ64(at + place / 8 * 8) >> 8 * (place % 8) & 0xff;
	}
}

/* A number of a record. */
static __u64 number_of(const __u8 *at, __u32 place, __u32 size)
{
	__u64 number = 0;
	__u32 byte;

	for (byte = size; byte-- > 0; )
		number = number << 8 | byte_of(at, place + byte);
	return number;
}

void proof(void)
{
	const __u32 len = nondet_u32(), type = nondet_u32(), at = nondet_u32();
	const __u32 place = nondet_u32(), left = len - at;
	const __u8 *bytes = memory_of(len);
	RECORDS records = RECORDS_OF(bytes, len);
	const void *data = NULL;
	SIZE data_len = 0;
	__u64 length = 0;
	RECORD record;
	int result, error = 0;

	PROVE(records.bytes == bytes && records.len == len && !records.at,
	      "a reader starts at the first record");
	ASSUME(at <= len && place < RECORD_SIZE);
	records.at = at;
	result = NEXT(&records, type, &record, &data, &data_len);

	if (!left) {
		PROVE(!result && records.at == at && records.len == len,
		      "the last record has no next one");
		return;
	}
	if (left < RECORD_SIZE)
		error = CUT;
	else
		error = data_length(bytes + at, type, &length);
	if (!error && length > left - RECORD_SIZE)
		error = CUT;
	PROVE(result == (error ? error : 1), "a record is read if it is whole");
	if (result < 0) {
		PROVE(records.at == at, "an error is at its record");
		PROVE(!NEXT(&records, type, &record, &data, &data_len),
		      "nothing is read after an error");
		return;
	}
	PROVE(records.at == at + RECORD_SIZE + length && records.at <= len &&
	      records.at > at && records.len == len,
	      "a step ends after the record, in the bytes");
	PROVE(((const __u8 *)&record)[place] == byte_of(bytes + at, place),
	      "a record has its bytes");
	PROVE(!HAS_DATA || (data == bytes + at + RECORD_SIZE &&
			    data_len == length),
	      "the data are those after the struct");
}
