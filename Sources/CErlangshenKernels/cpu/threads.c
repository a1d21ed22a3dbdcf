#include "threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct esh_threads {
    int32_t count; // callers included: count − 1 pthreads
    pthread_t *members;
    pthread_mutex_t owner; // held by the caller whose loop runs
    pthread_mutex_t sleep_lock;
    pthread_cond_t wake;
    _Atomic uint64_t generation; // one more for each loop
    _Atomic int32_t sleepers, running;
    _Atomic bool closing;
    pthread_mutex_t turn_lock;
    pthread_cond_t turn;
    _Atomic int32_t callers; // written under turn_lock
    int32_t most_callers;
    // The loop in progress; written before `generation` moves on.
    esh_task task;
    void *argument;
    int64_t task_count;
    _Atomic int64_t next;
};

typedef struct member_start {
    esh_threads *team;
    int32_t thread;
} member_start;

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static _Thread_local bool in_task;

static void work(esh_threads *team, int32_t thread) {
    in_task = true;
    for (;;) {
        int64_t task = atomic_fetch_add_explicit(&team->next, 1, memory_order_relaxed);
        if (task >= team->task_count) break;
        team->task(team->argument, task, thread);
    }
    in_task = false;
}

// Layers follow each other within microseconds, so a member spins a little before it sleeps; sleeping at once would
// cost a wake-up (about 50 µs) for each of the hundred loops of a short text.
enum { SPINS = 4000 };

static uint64_t wait_for_loop(esh_threads *team, uint64_t seen) {
    for (int32_t spin = 0; spin < SPINS; spin++) {
        uint64_t now = atomic_load_explicit(&team->generation, memory_order_acquire);
        if (now != seen) return now;
        relax();
    }
    pthread_mutex_lock(&team->sleep_lock);
    atomic_fetch_add(&team->sleepers, 1);
    uint64_t now;
    while ((now = atomic_load(&team->generation)) == seen) pthread_cond_wait(&team->wake, &team->sleep_lock);
    atomic_fetch_sub(&team->sleepers, 1);
    pthread_mutex_unlock(&team->sleep_lock);
    return now;
}

static void *member_main(void *start_pointer) {
    member_start start = *(member_start *)start_pointer;
    free(start_pointer);
    uint64_t seen = 0;
    for (;;) {
        seen = wait_for_loop(start.team, seen);
        if (atomic_load(&start.team->closing)) return NULL;
        work(start.team, start.thread);
        atomic_fetch_sub_explicit(&start.team->running, 1, memory_order_release);
    }
}

static void announce(esh_threads *team) {
    atomic_fetch_add(&team->generation, 1);
    if (atomic_load(&team->sleepers) > 0) {
        pthread_mutex_lock(&team->sleep_lock);
        pthread_cond_broadcast(&team->wake);
        pthread_mutex_unlock(&team->sleep_lock);
    }
}

esh_threads *esh_threads_create(int32_t count) {
    esh_threads *team = calloc(1, sizeof *team);
    if (!team) return NULL;
    team->members = calloc((size_t)count, sizeof *team->members);
    pthread_mutex_init(&team->owner, NULL);
    pthread_mutex_init(&team->sleep_lock, NULL);
    pthread_cond_init(&team->wake, NULL);
    pthread_mutex_init(&team->turn_lock, NULL);
    pthread_cond_init(&team->turn, NULL);
    team->most_callers = count > esh_core_count() ? count : esh_core_count();
    team->count = 1;
    for (int32_t thread = 1; team->members && thread < count; thread++) {
        member_start *start = malloc(sizeof *start);
        if (!start) break;
        *start = (member_start){team, thread};
        if (pthread_create(&team->members[thread - 1], NULL, member_main, start) != 0) {
            free(start);
            break;
        }
        team->count += 1;
    }
    if (team->members && team->count == count) return team;
    esh_threads_destroy(team);
    return NULL;
}

void esh_threads_destroy(esh_threads *team) {
    atomic_store(&team->closing, true);
    announce(team);
    for (int32_t thread = 1; thread < team->count; thread++) pthread_join(team->members[thread - 1], NULL);
    pthread_mutex_destroy(&team->owner);
    pthread_mutex_destroy(&team->sleep_lock);
    pthread_cond_destroy(&team->wake);
    pthread_mutex_destroy(&team->turn_lock);
    pthread_cond_destroy(&team->turn);
    free(team->members);
    free(team);
}

int32_t esh_threads_count(const esh_threads *team) { return team->count; }

// With a caller for each thread nobody needs help, and the team's own threads would take the cores from them.
int32_t esh_threads_available(const esh_threads *team) {
    int32_t callers = atomic_load_explicit(&team->callers, memory_order_relaxed);
    return in_task || (callers > 1 && callers >= team->count) ? 1 : team->count;
}

static _Thread_local int32_t turns_held;

void esh_threads_enter(esh_threads *team) {
    pthread_mutex_lock(&team->turn_lock);
    while (turns_held == 0 && atomic_load(&team->callers) >= team->most_callers)
        pthread_cond_wait(&team->turn, &team->turn_lock);
    atomic_fetch_add(&team->callers, 1);
    pthread_mutex_unlock(&team->turn_lock);
    turns_held += 1;
}

void esh_threads_leave(esh_threads *team) {
    turns_held -= 1;
    pthread_mutex_lock(&team->turn_lock);
    atomic_fetch_sub(&team->callers, 1);
    pthread_cond_signal(&team->turn);
    pthread_mutex_unlock(&team->turn_lock);
}

void esh_parallel(esh_threads *team, int64_t count, esh_task task, void *argument) {
    bool alone = count <= 1 || esh_threads_available(team) == 1;
    if (alone || pthread_mutex_trylock(&team->owner) != 0) {
        for (int64_t index = 0; index < count; index++) task(argument, index, 0);
        return;
    }
    team->task = task;
    team->argument = argument;
    team->task_count = count;
    atomic_store_explicit(&team->next, 0, memory_order_relaxed);
    atomic_store_explicit(&team->running, team->count - 1, memory_order_relaxed);
    announce(team);
    work(team, 0);
    for (int32_t spin = 0; atomic_load_explicit(&team->running, memory_order_acquire) > 0; spin++) {
        if (spin < SPINS) relax();
        else sched_yield(); // a member lost its core: give it ours rather than burn it
    }
    pthread_mutex_unlock(&team->owner);
}

int32_t esh_core_count(void) {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return (int32_t)CPU_COUNT(&set);
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 && online < 4096 ? (int32_t)online : 1;
}
