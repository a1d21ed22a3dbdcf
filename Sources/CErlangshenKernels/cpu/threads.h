// Worker threads of the CPU device: a fixed team that splits a counted loop. The only file pair that knows of pthreads.
#pragma once
#include <stdint.h>

typedef struct esh_threads esh_threads;

/// Called once for each task index; `thread` < the team's size, and no two tasks run with one `thread` at the same time
/// within one call of esh_parallel.
typedef void (*esh_task)(void *argument, int64_t task, int32_t thread);

esh_threads *esh_threads_create(int32_t count); // NULL when threads cannot be made
void esh_threads_destroy(esh_threads *);
int32_t esh_threads_count(const esh_threads *);

/// Runs tasks 0..<count on the team and returns when all are done. When there are as many callers as threads, or the
/// team is busy for another one, the calling thread does all of them itself; so it does with a loop inside a task.
void esh_parallel(esh_threads *, int64_t count, esh_task task, void *argument);

/// Threads that a loop started here would have: 1 inside a task, and when there are as many callers as threads.
int32_t esh_threads_available(const esh_threads *);

/// A caller between `enter` and `leave` counts as one. There are at most as many as cores, or threads if those are
/// more: who comes then waits, rather than have callers push each other out of the caches. Who is one
/// already never waits.
void esh_threads_enter(esh_threads *);
void esh_threads_leave(esh_threads *);

/// Cores that this process may use (its affinity mask where the system has one).
int32_t esh_core_count(void);
