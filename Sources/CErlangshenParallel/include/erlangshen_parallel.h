#ifndef ERLANGSHEN_PARALLEL_H
#define ERLANGSHEN_PARALLEL_H

#include <stddef.h>
#include <stdint.h>

// ---- MPI, opened at run time -----------------------------------------------------------------------------------
//
// No header and no library of MPI is needed to build or to start. Open MPI's constants are addresses of exported
// symbols (ompi_mpi_comm_world, …), those of MPICH and its kin are integers that their common ABI fixes. There is one
// MPI in a process; all calls after esh_mpi_open belong to one thread, the one that made esh_mpi_start.

/// Whose constants and sizes the opened library has.
typedef enum {
    ESH_MPI_NONE = 0,
    ESH_MPI_OPEN = 1,   ///< Open MPI and what is built on it
    ESH_MPI_MPICH = 2,  ///< the ABI of MPICH: MPICH, Intel MPI, MVAPICH2
} esh_mpi_kind;

/// Opens a library by path or soname and finds its functions.
///   missing   out, may be NULL: the symbol that the library lacks, or the message of dlopen; valid until the next call
/// Returns the kind, ESH_MPI_NONE when it is none that is known here. A second call gives the kind opened before.
esh_mpi_kind esh_mpi_open(const char *_Nonnull path, const char *_Nullable *_Nullable missing);

/// What the opened library calls itself, its first line; written into room (size bytes, 0 at the end).
void esh_mpi_version(char *_Nonnull room, size_t size);

/// MPI_Init_thread at the level FUNNELED, unless the program has done it; then errors are returned instead of ending
/// the process. Out: rank and size of the world, and the level that was got. Returns 0 or MPI's error code.
int esh_mpi_start(int32_t *_Nonnull rank, int32_t *_Nonnull size, int32_t *_Nonnull level);

/// Begins to send count bytes, which must stay as they are until the request is done.
///   request   out: 8 bytes that belong to MPI until the request is done
/// Returns 0 or MPI's error code.
int esh_mpi_send(const void *_Nullable bytes, int32_t count, int32_t to, int32_t tag, uint64_t *_Nonnull request);

/// Begins to receive count bytes; as esh_mpi_send.
int esh_mpi_receive(void *_Nullable bytes, int32_t count, int32_t from, int32_t tag, uint64_t *_Nonnull request);

/// Whether a request is done (out: 1 or 0); drives MPI on. Returns 0 or MPI's error code.
int esh_mpi_test(uint64_t *_Nonnull request, int32_t *_Nonnull done);

/// The text of an error code, written into room (size bytes, 0 at the end).
void esh_mpi_error_text(int code, char *_Nonnull room, size_t size);

/// Ends all ranks of the job; this one in any case, after 10 s by SIGALRM when the launcher does not answer.
void esh_mpi_abort(int status);

/// MPI_Finalize, when esh_mpi_start made the beginning.
void esh_mpi_end(void);

// ---- sums in a fixed order -------------------------------------------------------------------------------------

/// sums[i] = values[i]. Pointers need no alignment beyond their element's.
void esh_sum_first(double *_Nonnull sums, const float *_Nonnull values, int64_t count);

/// sums[i] += values[i].
void esh_sum_next(double *_Nonnull sums, const float *_Nonnull values, int64_t count);

/// values[i] = sums[i], rounded once to the nearest float.
void esh_sum_last(float *_Nonnull values, const double *_Nonnull sums, int64_t count);

#endif
