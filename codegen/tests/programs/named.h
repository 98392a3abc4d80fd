#include <stdarg.h>
#include <stdio.h>

/* A name with the numbers of elements, until the next call. */
__attribute__((format(printf, 1, 2), unused))
static const char *named(const char *format, ...)
{
	static char text[256];
	va_list numbers;

	va_start(numbers, format);
	vsnprintf(text, sizeof(text), format, numbers);
	va_end(numbers);
	return text;
}

