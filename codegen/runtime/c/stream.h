/* The bytes that read() returned, and the offset of the next record in them. */
struct capchain_records {
	const __u8	*bytes;
	capchain_size	len;
	capchain_size	at;
};

/* Why a record cannot be read. Every value is below every errno. */
enum capchain_record_error {
	/* the bytes end inside the record */
	CAPCHAIN_RECORD_CUT = -65665,
	/* the length of the record is less than that of its struct */
	CAPCHAIN_RECORD_TOO_SHORT = -65666,
	/* the length of data of this type is not known */
	CAPCHAIN_RECORD_UNKNOWN_TYPE = -65667,
};

/* The description of an error. */
static inline const char *capchain_record_error_text(int error)
{
	switch (error) {
	case CAPCHAIN_RECORD_CUT:
		return "the bytes end inside the record";
	case CAPCHAIN_RECORD_TOO_SHORT:
		return "the length of the record is less than that of its struct";
	case CAPCHAIN_RECORD_UNKNOWN_TYPE:
		return "the length of data of this type is not known";
	default:
		return "unknown error";
	}
}

/* The records in len bytes. */
static inline struct capchain_records capchain_records_of(const void *bytes,
							  capchain_size len)
{
	struct capchain_records records;

	records.bytes = CAPCHAIN__CAST(const __u8 *, bytes);
	records.len = len;
	records.at = 0;
	return records;
}

/* Nothing is read after an error; at stays the offset of the record. */
static inline int capchain__records_end(struct capchain_records *records,
					int error)
{
	records->len = records->at;
	return error;
}

/* Copies the struct of a record, which has size bytes; 0 at the end. */
static inline int capchain__record(struct capchain_records *records,
				   capchain_size size, void *record,
				   capchain_size known)
{
	__u8 *to = CAPCHAIN__CAST(__u8 *, record);
	capchain_size at;

	if (records->at >= records->len)
		return 0;
	if (!size || size > records->len - records->at)
		return capchain__records_end(records, CAPCHAIN_RECORD_CUT);
	at = size < known ? size : known;
	__builtin_memcpy(to, records->bytes + records->at, at);
	for (; at < known; at++)
		to[at] = 0;
	return 1;
}

/* Takes a record whose struct has size bytes, with the data after it. */
static inline int capchain__record_data(struct capchain_records *records,
					capchain_size size, __u64 data_len,
					const void **data,
					capchain_size *len)
{
	const capchain_size left = records->len - records->at - size;

	if (data_len > left)
		return capchain__records_end(records, CAPCHAIN_RECORD_CUT);
	*data = records->bytes + records->at + size;
	*len = CAPCHAIN__CAST(capchain_size, data_len);
	records->at += size + *len;
	return 1;
}
