/* A disk that forgets what nobody told it to keep: lossydisk <image> <mount point> [FUSE options]
 *
 * The mount point shows one file, "disk", as large as the image. Writes stay in memory until the file is synced, which is when they go
 * to the image: put a file system on it through a loop device, and each of its flushes ends there. A second file, "control", takes
 * commands, each a write of its own:
 *
 *   off <seed> <share>   the power goes: of the blocks written since the last sync some <share> of 100 reach the image, in any order and
 *                        some of them in part; the others are gone. Nothing reaches it from here on, though nobody who writes is told.
 *   on                   the power is back.
 *
 * Reading "control" tells how many blocks were dropped, kept and torn so far. One block is 4096 bytes, one sector 512. */
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 4096, SECTOR = 512 };

static const char *const disk_path = "/disk", *const control_path = "/control";
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int image;
static off_t size;
static char **unsynced; /* by number of block; NULL where the image is up to date */
static off_t *order;     /* the numbers of those that are not */
static off_t waiting;
static bool is_off;
static uint64_t chance;
static long dropped, kept, torn;

static uint64_t next_random(void)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return chance;
}

static int load(off_t number, char *block)
{
    if (unsynced[number]) {
        memcpy(block, unsynced[number], BLOCK);
        return 0;
    }

    return pread(image, block, BLOCK, number * BLOCK) == BLOCK ? 0 : -EIO;
}

static int store(off_t number, const char *bytes, size_t count)
{
    return pwrite(image, bytes, count, number * BLOCK) == (ssize_t)count ? 0 : -EIO;
}

static void forget(off_t number)
{
    free(unsynced[number]);
    unsynced[number] = NULL;
}

static int sync_all(void)
{
    int result = 0;
    for (off_t i = 0; i < waiting; i++) {
        result |= store(order[i], unsynced[order[i]], BLOCK);
        forget(order[i]);
    }

    waiting = 0;
    return result;
}

static int cut(unsigned long seed, unsigned share)
{
    int result = 0;
    is_off = true;
    chance = (seed + 1) * 0x9E3779B97F4A7C15u;
    for (off_t i = 0; i < waiting; i++) {
        off_t number = order[i];
        if (next_random() % 100 >= share) dropped++;
        else if (next_random() % 8 != 0) result |= store(number, unsynced[number], BLOCK), kept++;
        else result |= store(number, unsynced[number], SECTOR * (1 + next_random() % (BLOCK / SECTOR - 1))), torn++;
        forget(number);
    }

    waiting = 0;
    return result;
}

static int on_getattr(const char *path, struct stat *stat, struct fuse_file_info *file)
{
    memset(stat, 0, sizeof *stat);
    stat->st_nlink = 1;
    if (strcmp(path, "/") == 0) stat->st_mode = S_IFDIR | 0755;
    else if (strcmp(path, disk_path) == 0) stat->st_mode = S_IFREG | 0600, stat->st_size = size;
    else if (strcmp(path, control_path) == 0) stat->st_mode = S_IFREG | 0600, stat->st_size = 128;
    else return -ENOENT;
    return 0;
}

static int on_readdir(const char *path, void *into, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *file, enum fuse_readdir_flags flags)
{
    fill(into, disk_path + 1, NULL, 0, 0);
    fill(into, control_path + 1, NULL, 0, 0);
    return 0;
}

static int on_open(const char *path, struct fuse_file_info *file)
{
    file->direct_io = strcmp(path, control_path) == 0;
    return 0;
}

static int on_truncate(const char *path, off_t length, struct fuse_file_info *file)
{
    return strcmp(path, control_path) == 0 ? 0 : -EPERM;
}

static int on_read(const char *path, char *into, size_t count, off_t offset, struct fuse_file_info *file)
{
    if (strcmp(path, control_path) == 0) {
        return offset > 0 ? 0 : snprintf(into, count, "dropped %ld kept %ld torn %ld\n", dropped, kept, torn);
    }

    if (offset >= size) return 0;
    if (offset + (off_t)count > size) count = size - offset;
    char block[BLOCK];
    int result = 0;
    pthread_mutex_lock(&lock);
    for (size_t done = 0; done < count && result == 0;) {
        size_t inside = (offset + done) % BLOCK, part = BLOCK - inside < count - done ? BLOCK - inside : count - done;
        result = load((offset + done) / BLOCK, block);
        memcpy(into + done, block + inside, part);
        done += part;
    }

    pthread_mutex_unlock(&lock);
    return result ? result : (int)count;
}

static int on_command(const char *text, size_t count)
{
    char command[64] = { 0 };
    unsigned long seed;
    unsigned share;
    memcpy(command, text, count < sizeof command - 1 ? count : sizeof command - 1);
    pthread_mutex_lock(&lock);
    int result = 0;
    if (sscanf(command, "off %lu %u", &seed, &share) == 2) result = cut(seed, share);
    else if (strncmp(command, "on", 2) == 0) is_off = false;
    else result = -EINVAL;
    pthread_mutex_unlock(&lock);
    return result ? result : (int)count;
}

static int on_write(const char *path, const char *from, size_t count, off_t offset, struct fuse_file_info *file)
{
    if (strcmp(path, control_path) == 0) return on_command(from, count);
    if (offset + (off_t)count > size) return -ENOSPC;
    int result = 0;
    pthread_mutex_lock(&lock);
    for (size_t done = 0; !is_off && done < count && result == 0;) {
        off_t number = (offset + done) / BLOCK;
        size_t inside = (offset + done) % BLOCK, part = BLOCK - inside < count - done ? BLOCK - inside : count - done;
        if (!unsynced[number]) {
            char *block = malloc(BLOCK);
            if (!block) abort();
            result = load(number, block);
            unsynced[number] = block;
            order[waiting++] = number;
        }

        if (result == 0) memcpy(unsynced[number] + inside, from + done, part);
        done += part;
    }

    pthread_mutex_unlock(&lock);
    return result ? result : (int)count;
}

static int on_fsync(const char *path, int data_only, struct fuse_file_info *file)
{
    pthread_mutex_lock(&lock);
    int result = is_off ? 0 : sync_all();
    pthread_mutex_unlock(&lock);
    return result;
}

static const struct fuse_operations operations = {
    .getattr = on_getattr,
    .readdir = on_readdir,
    .open = on_open,
    .truncate = on_truncate,
    .read = on_read,
    .write = on_write,
    .fsync = on_fsync,
};

int main(int count, char **arguments)
{
    struct stat stat;
    if (count < 3 || (image = open(arguments[1], O_RDWR)) < 0 || fstat(image, &stat) != 0) {
        fprintf(stderr, "usage: lossydisk <image> <mount point> [FUSE options]\n");
        return 2;
    }

    size = stat.st_size - stat.st_size % BLOCK;
    unsynced = calloc(size / BLOCK, sizeof *unsynced);
    order = calloc(size / BLOCK, sizeof *order);
    if (!unsynced || !order) return 1;
    arguments[1] = arguments[0];
    return fuse_main(count - 1, arguments + 1, &operations, NULL);
}
