#define __vfio_packed __attribute__((packed))
#define VFIO_TWICE(x) ((x) * 2)

typedef struct {
	__u32 a;
	__u32 b;
} vfio_pair;
typedef __u32 vfio_word;

enum vfio_small { VFIO_SMALL_A, VFIO_SMALL_B = 3 } __attribute__((packed));

struct vfio_nested {
	struct {
		__u32 min;
		__u32 max;
	} range;
	vfio_pair pair;
	vfio_word word;
	enum vfio_small small;
	__u8 table[2][8];
	__u8 pad[3];
	unsigned int last, more;
};

struct vfio_packed_last { __u8 x; __u64 y; } __attribute__((packed));
struct __attribute__((packed)) vfio_packed_first { __u8 x; __u64 y; };
struct vfio_packed_aligned { __u32 x; __aligned_u64 y[2]; } __attribute__((packed));
struct vfio_packed_inner { __u32 x; struct { __aligned_u64 y; } z; } __attribute__((packed));
struct vfio_packed_macro { __u8 x; __u64 y; } __vfio_packed;
#pragma pack(push, 1)
struct vfio_pragma { __u8 x; __u64 y; };
#pragma pack(pop)
struct vfio_after_pragma { __u8 x; __u64 y; };

struct vfio_unions {
	union { __u32 a; __u64 b; } either[2];
	union { __u32 c; __s32 d; };
};

struct vfio_counted {
	__aligned_u64 address;
	__u32 nr_data;
	__u32 reserved __attribute__((deprecated));
	__u8 data[] __counted_by_le(nr_data);
};

#define VFIO_CASTED ((__u32)-1)
#define VFIO_SIZED sizeof(struct vfio_pragma)
#define VFIO_MASKED __GENMASK(15, 8)
#define VFIO_TWICE_TWO VFIO_TWICE(2)
#define VFIO_WORDS "one" " two"
#define VFIO_IOR _IOR(';', 100 + 40, struct vfio_pair)
#define VFIO_OWN_IOW(nr, type)	_IOW(';', nr, type)
#define VFIO_OWN	VFIO_OWN_IOW(141, __u32)

struct vfio_long { unsigned long x; };
struct vfio_bits { __u32 x:3; };
#ifdef __i386__
struct vfio_by_target { __u32 x; };
#else
struct vfio_by_target { __u64 x; };
#endif
#if __FOO(1)
struct vfio_undecided { __u32 x; };
#endif
static inline int vfio_helper(int x) { return x; }
