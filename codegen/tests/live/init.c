/*
 * The first program of the guest: loads the modules that /modules lists with their
 * parameters, gives every device to vfio-pci, or to the driver that /drivers lists
 * after its address, makes the mediated devices that /mdevs lists, a type and a
 * UUID each, runs the commands that /commands lists, a line each, and switches the
 * machine off. The output of each command is on the console between a line
 * "<<< COMMAND" and a line ">>> STATUS"; a command that does not end is stopped.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define DEVICES		"/sys/bus/pci/devices"
#define LIMIT		100	/* seconds for a command */

static void console(void)
{
	int fd = open("/dev/ttyS0", O_RDWR | O_NOCTTY);
	struct termios raw;

	if (fd < 0)
		return;
	if (!tcgetattr(fd, &raw)) {
		cfmakeraw(&raw);
		tcsetattr(fd, TCSANOW, &raw);
	}
	for (int to = 0; to < 3; to++)
		dup2(fd, to);
}

/* Writes a line to a file of sysfs; an absent file is no error. */
static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		printf("%s: %m\n", path);
	close(fd);
}

/* Cuts a line after its first word; returns the rest. */
static char *after_word(char *line)
{
	char *rest = strchr(line, ' ');

	if (!rest)
		return line + strlen(line);
	*rest = 0;
	return rest + 1;
}

static void load(char *line)
{
	const char *parameters = after_word(line);
	int fd = open(line, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
		printf("%s: %m\n", line);
	close(fd);
}

/* Makes a mediated device. */
static void make_mdev(char *line)
{
	const char *uuid = after_word(line);
	char path[512];

	snprintf(path, sizeof(path), "/sys/devices/virtual/%s/create", line);
	put(path, uuid);
}

/* Gives a device to a driver, unless it is a part of the machine itself. */
static void bind_device(const char *address, const char *driver)
{
	char path[512], class[16] = "";
	FILE *file;

	snprintf(path, sizeof(path), DEVICES "/%s/class", address);
	file = fopen(path, "r");
	if (!file || !fgets(class, sizeof(class), file) ||
	    !strncmp(class, "0x06", 4))
		return;
	fclose(file);
	snprintf(path, sizeof(path), DEVICES "/%s/driver/unbind", address);
	put(path, address);
	snprintf(path, sizeof(path), DEVICES "/%s/driver_override", address);
	put(path, driver);
	put("/sys/bus/pci/drivers_probe", address);
}

static void run(char *command)
{
	char *words[16] = { strtok(command, " ") };
	int status = -1;
	pid_t child;

	for (int nth = 1; words[nth - 1] && nth < 15; nth++)
		words[nth] = strtok(NULL, " ");
	fflush(stdout);
	child = fork();
	if (child == 0) {
		alarm(LIMIT);
		execv(words[0], words);
		printf("%s: %m\n", words[0]);
		_exit(127);
	}
	waitpid(child, &status, 0);
	printf(">>> %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 256);
}

/* Calls a function with each line of a file. */
static void each_line(const char *path, void (*call)(char *line), int shown)
{
	FILE *file = fopen(path, "r");
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (shown)
			printf("<<< %s\n", line);
		call(line);
	}
}

/* Gives a device to another driver than vfio-pci. */
static void bind_to(char *line)
{
	const char *driver = after_word(line);

	bind_device(line, driver);
}

int main(void)
{
	struct dirent *entry;
	DIR *devices;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	console();
	each_line("/modules", load, 0);
	devices = opendir(DEVICES);
	while (devices && (entry = readdir(devices)))
		if (entry->d_name[0] != '.')
			bind_device(entry->d_name, "vfio-pci");
	each_line("/drivers", bind_to, 0);
	each_line("/mdevs", make_mdev, 0);
	each_line("/commands", run, 1);
	printf("<<< end\n>>> 0\n");
	fflush(stdout);
	tcdrain(1);
	reboot(LINUX_REBOOT_CMD_POWER_OFF);
	return 1;
}
