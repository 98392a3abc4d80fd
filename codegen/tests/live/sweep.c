/*
 * Makes calls with every size of their argument, and prints what came back.
 *
 *   sweep PLAN
 *
 * A line of the plan is an action, or describes the calls that follow:
 *
 *   open FD PATH            opens a file as FD
 *   node FD ADDRESS         opens the node of a device as FD
 *   close FD
 *   memfd FD LENGTH         memory that is a file
 *   memory ADDRESS LENGTH   memory at an address
 *   bytes ADDRESS HEX       sets it
 *   call FD NUMBER HEX [TO<FROM:LEN]...     a call; bytes of the last reply can be put in
 *   close-reply FROM        closes the descriptor that the last reply has
 *   take-reply FROM FD      makes it FD
 *   read NAME FD LENGTH     prints what can be read
 *   write NAME FD HEX       prints the result of writing
 *   before ACTION           is done before each of the calls that follow
 *   after ACTION            is done after each of them, whether it worked or not
 *   watch ADDRESS LENGTH    memory whose changes are printed
 *   sweep NAME FD NUMBER SIZE HEX     the calls that follow have this argument
 *   sizes CASE [AT=HEX]...  calls of every size, with these changes of the argument
 *   tails CASE              the same, with bytes after the struct, and with memory that ends
 *                           where the argument ends, and a byte before
 *   once CASE [AT=HEX]...   one call with the size of the struct
 *
 * A line of the output has a name, cases and a form, and for each range of sizes the result
 * and the bytes that have changed. An action that is not part of a sweep must work.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FILL = 0xa5, PAGE = 4096, ROOM = 2 * PAGE, MOST = 256, WORDS = 16, ACTIONS = 8 };

static struct {
	char name[64];
	int fd;
	unsigned long number;
	unsigned size;
	unsigned char bytes[MOST];
	char *before[ACTIONS], *after[ACTIONS];
	unsigned befores, afters;
	unsigned char *watched;
	unsigned long watched_len;
} sweep;

/* The last reply, for actions. */
static unsigned char reply[MOST];
/* The memory of the argument, after which nothing can be accessed. */
static unsigned char *room;

/* The last line of the output, to which cases with the same answers are added. */
static struct {
	char title[64], labels[8192], form[8], text[16384];
} printed;

static void print_line(void)
{
	if (printed.title[0])
		printf("%s %s %s:%s\n", printed.title, printed.labels, printed.form, printed.text);
	printed.title[0] = 0;
}

static void add_line(const char *label, const char *form, const char *text)
{
	unsigned long len = strlen(printed.labels);

	if (!strcmp(printed.title, sweep.name) && !strcmp(printed.form, form) &&
	    !strcmp(printed.text, text) && len + strlen(label) + 2 < sizeof(printed.labels)) {
		sprintf(printed.labels + len, ",%s", label);
		return;
	}
	print_line();
	snprintf(printed.title, sizeof(printed.title), "%s", sweep.name);
	snprintf(printed.labels, sizeof(printed.labels), "%s", label);
	snprintf(printed.form, sizeof(printed.form), "%s", form);
	snprintf(printed.text, sizeof(printed.text), "%s", text);
}

static void fail(const char *what)
{
	printf("sweep: %s: %m\n", what);
	exit(1);
}

static unsigned char digits(const char *text)
{
	char two[3] = { text[0], text[1] };

	return strtoul(two, NULL, 16);
}

/* Reads bytes, and returns their number. */
static unsigned unhex(const char *text, unsigned char *to)
{
	unsigned len = 0;

	for (; text[0] && text[1]; text += 2)
		to[len++] = digits(text);
	return len;
}

static void take(int fd, int as)
{
	if (fd < 0 || (fd != as && (dup2(fd, as) < 0 || close(fd))))
		fail("a descriptor");
}

/* The node of a device of any bus. */
static int open_node(const char *address)
{
	static const char *const buses[] = { "pci", "mdev" };
	char path[600] = "";

	for (unsigned nth = 0; nth < 2; nth++) {
		struct dirent *entry;
		DIR *nodes;

		snprintf(path, sizeof(path), "/sys/bus/%s/devices/%s/vfio-dev",
			 buses[nth], address);
		nodes = opendir(path);
		if (!nodes)
			continue;
		while ((entry = readdir(nodes)))
			if (entry->d_name[0] != '.')
				snprintf(path, sizeof(path), "/dev/vfio/devices/%s",
					 entry->d_name);
		closedir(nodes);
		return open(path, O_RDWR);
	}
	return -1;
}

static int call(char **words)
{
	unsigned char bytes[MOST] = { 0 };

	unhex(words[3], bytes);
	for (char **word = words + 4; *word; word++) {
		unsigned to, from, len;

		if (sscanf(*word, "%u<%u:%u", &to, &from, &len) == 3)
			memcpy(bytes + to, reply + from, len);
	}
	if (ioctl(atoi(words[1]), strtoul(words[2], NULL, 0), bytes))
		return -1;
	memcpy(reply, bytes, sizeof(reply));
	return 0;
}

/* Prints the result of a transfer, and what was read. */
static void transfer(char **words)
{
	static unsigned char bytes[PAGE];
	int is_read = !strcmp(words[0], "read"), fd = atoi(words[2]);
	long len = is_read ? read(fd, bytes, strtoul(words[3], NULL, 0)) :
			     write(fd, bytes, unhex(words[3], bytes));

	printf("%s %s: ", words[0], words[1]);
	if (len < 0)
		printf("%s\n", strerrorname_np(errno));
	else
		printf("%ld%s", len, is_read && len ? " " : "\n");
	for (long at = 0; is_read && at < len; at++)
		printf("%02x%s", bytes[at], at + 1 < len ? "" : "\n");
}

static int memory(void *at, unsigned long len)
{
	return mmap(at, len, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1, 0) == MAP_FAILED;
}

/* Does an action, and returns whether it failed. */
static int act(const char *line)
{
	char copy[1024], *words[WORDS + 1] = { NULL };
	unsigned count = 0;
	unsigned long where;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word && count < WORDS; word = strtok(NULL, " "))
		words[count++] = word;
	where = count > 1 ? strtoul(words[1], NULL, 0) : 0;
	if (!strcmp(words[0], "open"))
		take(open(words[2], O_RDWR), where);
	else if (!strcmp(words[0], "node"))
		take(open_node(words[2]), where);
	else if (!strcmp(words[0], "close"))
		return close(where);
	else if (!strcmp(words[0], "memfd"))
		return take(memfd_create("sweep", 0), where),
		       ftruncate(where, strtoul(words[2], NULL, 0));
	else if (!strcmp(words[0], "memory"))
		return memory((void *)where, strtoul(words[2], NULL, 0));
	else if (!strcmp(words[0], "bytes"))
		unhex(words[2], (unsigned char *)where);
	else if (!strcmp(words[0], "call"))
		return call(words);
	else if (!strcmp(words[0], "take-reply"))
		take(*(int *)(reply + where), atoi(words[2]));
	else if (!strcmp(words[0], "read") || !strcmp(words[0], "write"))
		transfer(words);
	else if (!strcmp(words[0], "close-reply"))
		return *(int *)(reply + where) < 0 || close(*(int *)(reply + where));
	else
		fail(line);
	return 0;
}

/* Prints the bytes that differ, as AT=HEX. */
static void changes(char **to, char mark, const unsigned char *was,
		    const unsigned char *is, unsigned long len)
{
	for (unsigned long at = 0; at < len; at++) {
		if (was[at] == is[at])
			continue;
		*to += sprintf(*to, " %.*s%lu=", mark != 0, &mark, at);
		for (; at < len && was[at] != is[at]; at++)
			*to += sprintf(*to, "%02x", is[at]);
	}
}

/* One call; the outcome as text. */
static void one(char *to, unsigned size, unsigned tail_at, unsigned room_len)
{
	static unsigned char was[ROOM], seen[ROOM];
	unsigned char *argument = room + ROOM - room_len;
	int value;

	memset(was, FILL, sizeof(was));
	for (unsigned at = 0; at < size && at < room_len; at++)
		was[at] = at < sweep.size ? sweep.bytes[at] : at == tail_at;
	memcpy(was, &size, 4);
	memcpy(argument, was, room_len);
	for (unsigned nth = 0; nth < sweep.befores; nth++)
		act(sweep.before[nth]);
	if (sweep.watched)
		memcpy(seen, sweep.watched, sweep.watched_len);
	value = ioctl(sweep.fd, sweep.number, argument);
	if (value < 0)
		to += sprintf(to, "%s", strerrorname_np(errno));
	else
		to += sprintf(to, value ? "%d" : "ok", value);
	changes(&to, 0, was, argument, room_len);
	if (sweep.watched)
		changes(&to, '@', seen, sweep.watched, sweep.watched_len);
	memset(reply, 0xff, sizeof(reply));
	memcpy(reply, argument, room_len < MOST ? room_len : MOST);
	for (unsigned nth = 0; nth < sweep.afters; nth++)
		act(sweep.after[nth]);
}

enum form { PLAIN, FIRST, LAST, END, CUT };

/* Calls of every size in one form, on a line. */
static void every_size(const char *label, enum form form)
{
	static const char *const names[] = { "plain", "first", "last", "end", "cut" };
	static char text[16384], last[16384], all[16384];
	char *to_all = all;
	unsigned from = 0, to = 0, sizes[MOST + 20], count = 0;

	for (unsigned size = 0; size <= sweep.size + 16; size++)
		sizes[count++] = size;
	sizes[count++] = PAGE + 8;
	sizes[count++] = -1;
	last[0] = all[0] = 0;
	for (unsigned nth = 0; nth <= count; nth++) {
		unsigned size = nth < count ? sizes[nth] : 0, tail_at = ROOM, len = ROOM;

		text[0] = 0;
		if ((form == FIRST || form == LAST) && size <= sweep.size && nth < count)
			continue;
		if ((form == END && size > ROOM) || (form == CUT && (size > ROOM || !size)))
			continue;
		if (form == FIRST)
			tail_at = sweep.size;
		if (form == LAST)
			tail_at = size > ROOM ? ROOM - 1 : size - 1;
		if (form == END)
			len = size;
		if (form == CUT)
			len = size - 1;
		if (nth < count)
			one(text, size, tail_at, len);
		if (!strcmp(text, last) && size == to + 1) {
			to = size;
			continue;
		}
		if (last[0] && from == to)
			to_all += sprintf(to_all, " %u %s;", from, last);
		else if (last[0])
			to_all += sprintf(to_all, " %u-%u %s;", from, to, last);
		strcpy(last, text);
		from = to = size;
	}
	add_line(label, names[form], all);
}

static void changed(char **words)
{
	for (; *words; words++) {
		char *digits = strchr(*words, '=');

		if (digits)
			unhex(digits + 1, sweep.bytes + strtoul(*words, NULL, 0));
	}
}

/* The calls of a line, with the argument as it is without its changes afterwards. */
static void run(char *line)
{
	unsigned char kept[MOST];
	char *words[WORDS + 1] = { NULL }, text[4096];
	unsigned count = 0;

	for (char *word = strtok(line, " "); word && count < WORDS; word = strtok(NULL, " "))
		words[count++] = word;
	memcpy(kept, sweep.bytes, MOST);
	changed(words + 2);
	if (!strcmp(words[0], "once")) {
		int len = sprintf(text, " %u ", sweep.size);

		one(text + len, sweep.size, ROOM, ROOM);
		strcat(text, ";");
		add_line(words[1], "once", text);
	} else {
		every_size(words[1], PLAIN);
		for (enum form form = FIRST; !strcmp(words[0], "tails") && form <= CUT; form++)
			every_size(words[1], form);
	}
	memcpy(sweep.bytes, kept, MOST);
}

static void start(char *line)
{
	char digits[2 * MOST + 1];

	memset(&sweep, 0, sizeof(sweep));
	if (sscanf(line, "sweep %63s %d %li %u %512s", sweep.name, &sweep.fd,
		   (long *)&sweep.number, &sweep.size, digits) != 5)
		fail(line);
	unhex(digits, sweep.bytes);
}

static int starts(const char *line, const char *word)
{
	return !strncmp(line, word, strlen(word)) && line[strlen(word)] == ' ';
}

int main(int argc, char **argv)
{
	FILE *plan = argc == 2 ? fopen(argv[1], "r") : NULL;
	char text[1024];
	unsigned long where;

	room = mmap(NULL, ROOM + PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!plan || room == MAP_FAILED || mprotect(room + ROOM, PAGE, PROT_NONE))
		fail("a plan, or memory");
	while (fgets(text, sizeof(text), plan)) {
		text[strcspn(text, "\n")] = 0;
		if (!text[0] || text[0] == '#')
			continue;
		if (starts(text, "sweep"))
			start(text);
		else if (starts(text, "before") && sweep.befores < ACTIONS)
			sweep.before[sweep.befores++] = strdup(text + strlen("before "));
		else if (starts(text, "after") && sweep.afters < ACTIONS)
			sweep.after[sweep.afters++] = strdup(text + strlen("after "));
		else if (sscanf(text, "watch %li %lu", (long *)&where, &sweep.watched_len) == 2)
			sweep.watched = (void *)where;
		else if (starts(text, "sizes") || starts(text, "tails") || starts(text, "once"))
			run(text);
		else if (act(text))
			fail(text);
	}
	print_line();
	return 0;
}
