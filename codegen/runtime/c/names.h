/*
 * A text in a buffer of size bytes. Its length counts the characters that did
 * not fit as well.
 */
struct capchain__text {
	char	*text;
	capchain_size size;
	capchain_size len;
};

/* Appends a word, of which only the characters that fit are written. */
static inline void capchain__append_word(struct capchain__text *to,
					 const char *word)
{
	for (; *word; word++, to->len++)
		if (to->len + 1 < to->size)
			to->text[to->len] = *word;
}

/* Appends a number in hexadecimal. */
static inline void capchain__append_hex(struct capchain__text *to,
					__u64 number)
{
	char word[19] = "0x";
	int at = 2, digits = 1;

	while (digits < 16 && number >> 4 * digits)
		digits++;
	while (digits--)
		word[at++] = "0123456789abcdef"[number >> 4 * digits & 15];
	word[at] = 0;
	capchain__append_word(to, word);
}

/*
 * Writes the names of all set bits in flags, then the bits without a name:
 * "READ | WRITE | 0x100". Like snprintf(), it returns the length of the whole
 * text, and writes no more than size bytes, the last of which is null.
 */
static inline capchain_size capchain__flags_text(
		const char *(*name)(__u64 flag), __u64 flags, char *text,
		capchain_size size)
{
	struct capchain__text to = { text, size, 0 };
	const char *word;
	__u64 unknown = 0, flag;
	int bit;

	for (bit = 0; bit < 64; bit++) {
		flag = flags & CAPCHAIN__CAST(__u64, 1) << bit;
		word = flag ? name(flag) : CAPCHAIN__NULL;
		if (word) {
			capchain__append_word(&to, to.len ? " | " : "");
			capchain__append_word(&to, word);
		} else {
			unknown |= flag;
		}
	}
	if (unknown) {
		capchain__append_word(&to, to.len ? " | " : "");
		capchain__append_hex(&to, unknown);
	} else if (!to.len) {
		capchain__append_word(&to, "0");
	}
	if (size)
		text[to.len < size ? to.len : size - 1] = 0;
	return to.len;
}
