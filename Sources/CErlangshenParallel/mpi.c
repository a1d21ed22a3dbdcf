#include "erlangshen_parallel.h"

#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

// MPI's handles are pointers in Open MPI and ints in MPICH. All are passed as pointer-sized words here: the calling
// conventions of x86-64 and arm64 give either kind a register or slot of its own, of which an int reads the low half.
typedef void *word;

static struct {
    esh_mpi_kind kind;
    int started_here;
    word world, byte, errors_return, status_ignore;
    int (*Initialized)(int *);
    int (*Init_thread)(int *, char ***, int, int *);
    int (*Query_thread)(int *);
    int (*Comm_rank)(word, int *);
    int (*Comm_size)(word, int *);
    int (*Comm_set_errhandler)(word, word);
    int (*Isend)(const void *, int, word, int, int, word, uint64_t *);
    int (*Irecv)(void *, int, word, int, int, word, uint64_t *);
    int (*Test)(uint64_t *, int *, word);
    int (*Error_string)(int, char *, int *);
    int (*Get_library_version)(char *, int *);
    int (*Abort)(word, int);
    int (*Finalize)(void);
} mpi;

// Both ABIs: MPI_THREAD_FUNNELED is 1; texts are at most this long (8,192 for MPICH's version, 256 in Open MPI).
enum { THREAD_FUNNELED = 1, LONGEST_TEXT = 8192, ABORT_SECONDS = 10 };

static int find_functions(void *library, const char **missing) {
    const struct {
        const char *name;
        void *place;
    } functions[] = {
        {"MPI_Initialized", &mpi.Initialized},   {"MPI_Init_thread", &mpi.Init_thread},
        {"MPI_Query_thread", &mpi.Query_thread}, {"MPI_Comm_rank", &mpi.Comm_rank},
        {"MPI_Comm_size", &mpi.Comm_size},       {"MPI_Comm_set_errhandler", &mpi.Comm_set_errhandler},
        {"MPI_Isend", &mpi.Isend},               {"MPI_Irecv", &mpi.Irecv},
        {"MPI_Test", &mpi.Test},                 {"MPI_Error_string", &mpi.Error_string},
        {"MPI_Abort", &mpi.Abort},               {"MPI_Get_library_version", &mpi.Get_library_version},
        {"MPI_Finalize", &mpi.Finalize},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *found = dlsym(library, functions[i].name);
        if (!found) {
            *missing = functions[i].name;
            return 0;
        }
        memcpy(functions[i].place, &found, sizeof found);
    }
    return 1;
}

static void text(char *room, size_t size, const char *found, int length) {
    if (size == 0) return;
    size_t count = 0;
    while (count + 1 < size && (int)count < length && found[count] && found[count] != '\n') {
        room[count] = found[count];
        count++;
    }
    room[count] = 0;
}

static esh_mpi_kind find_constants(void *library, const char **missing) {
    word world = dlsym(library, "ompi_mpi_comm_world");
    if (world) {
        mpi.world = world;
        mpi.byte = dlsym(library, "ompi_mpi_byte");
        mpi.errors_return = dlsym(library, "ompi_mpi_errors_return");
        mpi.status_ignore = NULL;
        if (mpi.byte && mpi.errors_return) return ESH_MPI_OPEN;
        *missing = mpi.byte ? "ompi_mpi_errors_return" : "ompi_mpi_byte";
        return ESH_MPI_NONE;
    }
    static char version[LONGEST_TEXT];
    int length = 0;
    if (mpi.Get_library_version(version, &length) != 0) version[0] = 0;
    if (strstr(version, "MPICH") || strstr(version, "Intel(R) MPI") || strstr(version, "MVAPICH")) {
        mpi.world = (word)(uintptr_t)0x44000000;
        mpi.byte = (word)(uintptr_t)0x4c00010d;
        mpi.errors_return = (word)(uintptr_t)0x54000001;
        mpi.status_ignore = (word)(uintptr_t)1;
        return ESH_MPI_MPICH;
    }
    text(version, sizeof version, version, length);
    *missing = version;
    return ESH_MPI_NONE;
}

esh_mpi_kind esh_mpi_open(const char *path, const char **missing) {
    const char *ignored;
    if (!missing) missing = &ignored;
    *missing = NULL;
    if (mpi.kind != ESH_MPI_NONE) return mpi.kind;
    // Global: the plugins of Open MPI look for its symbols without naming it.
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!library) {
        *missing = dlerror();
        return ESH_MPI_NONE;
    }
    if (find_functions(library, missing)) mpi.kind = find_constants(library, missing);
    return mpi.kind;
}

void esh_mpi_version(char *room, size_t size) {
    static char version[LONGEST_TEXT];
    int length = 0;
    if (mpi.kind == ESH_MPI_NONE || mpi.Get_library_version(version, &length) != 0) length = 0;
    text(room, size, version, length);
}

int esh_mpi_start(int32_t *rank, int32_t *size, int32_t *level) {
    int initialised = 0, got = 0;
    int status = mpi.Initialized(&initialised);
    if (!status && !initialised) {
        status = mpi.Init_thread(NULL, NULL, THREAD_FUNNELED, &got);
        mpi.started_here = status == 0;
    }
    if (!status) status = mpi.Query_thread(&got);
    if (!status) status = mpi.Comm_set_errhandler(mpi.world, mpi.errors_return);
    if (!status) status = mpi.Comm_rank(mpi.world, rank);
    if (!status) status = mpi.Comm_size(mpi.world, size);
    *level = got;
    return status;
}

int esh_mpi_send(const void *bytes, int32_t count, int32_t to, int32_t tag, uint64_t *request) {
    return mpi.Isend(bytes, count, mpi.byte, to, tag, mpi.world, request);
}

int esh_mpi_receive(void *bytes, int32_t count, int32_t from, int32_t tag, uint64_t *request) {
    return mpi.Irecv(bytes, count, mpi.byte, from, tag, mpi.world, request);
}

int esh_mpi_test(uint64_t *request, int32_t *done) { return mpi.Test(request, done, mpi.status_ignore); }

void esh_mpi_error_text(int code, char *room, size_t size) {
    static char found[LONGEST_TEXT];
    int length = 0;
    if (mpi.kind == ESH_MPI_NONE || mpi.Error_string(code, found, &length) != 0) length = 0;
    text(room, size, found, length);
}

void esh_mpi_abort(int status) {
    if (mpi.kind == ESH_MPI_NONE) return;
    // A launcher that is taking the job down itself, or is gone, may never answer: SIGALRM ends the process then.
    signal(SIGALRM, SIG_DFL);
    alarm(ABORT_SECONDS);
    mpi.Abort(mpi.world, status);
}

void esh_mpi_end(void) {
    if (mpi.started_here) mpi.Finalize();
    mpi.started_here = 0;
}
