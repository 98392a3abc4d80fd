// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Prints the bytes of a file into the kernel's log by print_hex_dump, in each of its forms,
 * a line with the name of the form before each:
 *
 *   insmod hex_dump.ko file=/reply.bin
 */
#include <linux/kernel_read_file.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/vmalloc.h>

static char *file = "/reply.bin";
module_param(file, charp, 0444);

static int __init hex_dump_init(void)
{
	static const char * const prefixes[] = { "none", "address", "offset" };
	void *bytes = NULL;
	ssize_t size = kernel_read_file_from_path(file, 0, &bytes, SZ_64K, NULL, READING_UNKNOWN);

	if (size < 0)
		return size;
	for (int form = 0; form < 48; form++) {
		int prefix = form / 16, row = form / 8 % 2 ? 32 : 16, group = 1 << form / 2 % 4;

		pr_info("<<< %s-%d-%d%s\n", prefixes[prefix], row, group, form % 2 ? "-ascii" : "");
		print_hex_dump(KERN_INFO, "reply: ", prefix, row, group, bytes, size, form % 2);
	}
	pr_info("<<< end\n");
	vfree(bytes);
	return 0;
}
module_init(hex_dump_init);

static void __exit hex_dump_exit(void)
{
}
module_exit(hex_dump_exit);

MODULE_DESCRIPTION("Prints a file by print_hex_dump");
MODULE_LICENSE("Dual MIT/GPL");
