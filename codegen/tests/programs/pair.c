/*
 * Two releases in one program, each in its own translation unit: the functions
 * of one read replies that the builder of the other writes, for every argsz.
 * Input and output are those of pair.rs. Compiled by the tests together with
 * two units made from side.c, whose entry points OLD() and NEW() name.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STALE	0xaa	/* initial content of the buffer */
#define BEHIND	16	/* bytes after the largest argsz */
#define MOST	16	/* capabilities */

/* A capability to be written; reply.c has the same. */
struct new_cap {
	uint32_t id;
	uint32_t version;
	const uint8_t *body;
	size_t	size;
};

#define DECLARE(side) \
	uint32_t side(build)(size_t profile, uint8_t *bytes, size_t len, \
			     const uint64_t *values, \
			     const struct new_cap *caps, size_t count); \
	void side(tell)(FILE *to, const char *name, const char *chain, \
			const uint8_t *bytes, size_t len)
DECLARE(OLD);
DECLARE(NEW);

struct job {
	int	new_writes;
	size_t	profile;
	const char *name;
	const char *chain;
	size_t	argsz_at;
	size_t	most;
	uint64_t values[8];
	struct new_cap caps[MOST];
	size_t	count;
};

static void must(int holds)
{
	if (!holds)
		exit(1);
}

static const char *word(void)
{
	const char *found = strtok(NULL, " \n");

	must(found != NULL);
	return found;
}

static uint64_t number(void)
{
	return strtoull(word(), NULL, 10);
}

/* The bytes that a word has, over it. */
static const uint8_t *unhex(size_t *size)
{
	char *text = (char *)word();
	uint8_t *bytes = (uint8_t *)text;
	char digits[3] = "";

	*size = strlen(text) / 2;
	for (size_t at = 0; at < *size; at++) {
		memcpy(digits, text + 2 * at, 2);
		bytes[at] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return bytes;
}

static void parse(struct job *job, char *line)
{
	job->new_writes = !strcmp(strtok(line, " "), "new");
	job->profile = number();
	job->name = word();
	job->chain = word();
	job->argsz_at = number();
	job->most = number();
	for (size_t nth = 0; nth < 8; nth++)
		job->values[nth] = number();
	job->count = number();
	must(job->count <= MOST);
	for (size_t nth = 0; nth < job->count; nth++) {
		job->caps[nth].id = (uint32_t)number();
		job->caps[nth].version = (uint32_t)number();
		job->caps[nth].body = unhex(&job->caps[nth].size);
	}
}

/* The values that the other release reads; to be freed. */
static char *told(const struct job *job, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	must(copy && to);
	/* The program has only the bytes that argsz covers. */
	memcpy(copy, bytes, len);
	(job->new_writes ? OLD(tell) : NEW(tell))(to, job->name, job->chain,
						  copy, len);
	must(!fclose(to));
	free(copy);
	return text;
}

/* The result of a call with this argsz; to be freed. */
static char *outcome(const struct job *job, uint32_t argsz)
{
	const size_t len = job->most + BEHIND;
	uint8_t *before = malloc(len), *buffer = malloc(len);
	char *text, *rest, *result = NULL;
	uint32_t need;
	size_t at, size;
	FILE *to = open_memstream(&result, &size);

	must(before && buffer && to);
	memset(before, STALE, len);
	memcpy(before + job->argsz_at, &argsz, 4);
	memcpy(buffer, before, len);
	need = (job->new_writes ? NEW(build) : OLD(build))(
			job->profile, buffer, len, job->values, job->caps,
			job->count);
	for (at = need ? argsz : 0; at < len && buffer[at] == before[at]; at++)
		;
	if (at < len) {
		fprintf(to, " touched %zu\n", at);
	} else if (!need) {
		fprintf(to, " refused\n");
	} else {
		text = told(job, buffer, argsz);
		if (strncmp(text, "reply argsz=", 12)) {
			fprintf(to, " need=%u argsz=?\nno reply\n", need);
		} else if (strtoul(text + 12, &rest, 10) == argsz) {
			fprintf(to, " need=%u argsz=same\n%s", need, rest + 1);
		} else {
			fprintf(to, " need=%u argsz=%lu\n%s", need,
				strtoul(text + 12, NULL, 10), rest + 1);
		}
		free(text);
	}
	free(before);
	free(buffer);
	must(!fclose(to));
	return result;
}

static void run(const struct job *job)
{
	char *last = outcome(job, 0), *next;
	size_t first = 0;

	for (size_t argsz = 1; argsz <= job->most + 1; argsz++) {
		next = argsz > job->most ? NULL : outcome(job, (uint32_t)argsz);
		if (next && !strcmp(next, last)) {
			free(next);
			continue;
		}
		printf("from %zu to %zu%s", first, argsz - 1, last);
		free(last);
		first = argsz;
		last = next;
	}
	printf(".\n");
}

int main(void)
{
	static char line[1 << 16];
	struct job job;

	while (fgets(line, sizeof(line), stdin)) {
		parse(&job, line);
		run(&job);
	}
	return 0;
}
