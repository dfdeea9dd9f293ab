/* SPDX-License-Identifier: MIT */
/*
 * GLib's mutexes and conditions by way of pthread's, for builds with ThreadSanitizer: it knows
 * these, and would take what GLib does with futexes for a race. Stands before GLib when linking.
 */
#include <glib.h>
#include <pthread.h>

static pthread_mutex_t *mutex_of(GMutex *mutex)
{
    pthread_mutex_t *made, *there = g_atomic_pointer_get(&mutex->p);
    if (there)
        return there;
    made = g_new(pthread_mutex_t, 1); /* one that is static is used without g_mutex_init */
    pthread_mutex_init(made, NULL);
    if (g_atomic_pointer_compare_and_exchange(&mutex->p, NULL, made))
        return made;
    pthread_mutex_destroy(made);
    g_free(made);
    return g_atomic_pointer_get(&mutex->p);
}

static pthread_cond_t *cond_of(GCond *cond)
{
    return cond->p;
}

void g_mutex_init(GMutex *mutex)
{
    mutex->p = NULL;
    mutex_of(mutex);
}

void g_mutex_clear(GMutex *mutex)
{
    pthread_mutex_destroy(mutex->p);
    g_clear_pointer(&mutex->p, g_free);
}

void g_mutex_lock(GMutex *mutex)
{
    pthread_mutex_lock(mutex_of(mutex));
}

void g_mutex_unlock(GMutex *mutex)
{
    pthread_mutex_unlock(mutex_of(mutex));
}

void g_cond_init(GCond *cond)
{
    cond->p = g_new(pthread_cond_t, 1);
    pthread_cond_init(cond->p, NULL);
}

void g_cond_clear(GCond *cond)
{
    pthread_cond_destroy(cond->p);
    g_clear_pointer(&cond->p, g_free);
}

void g_cond_wait(GCond *cond, GMutex *mutex)
{
    pthread_cond_wait(cond_of(cond), mutex_of(mutex));
}

void g_cond_signal(GCond *cond)
{
    pthread_cond_signal(cond_of(cond));
}

void g_cond_broadcast(GCond *cond)
{
    pthread_cond_broadcast(cond_of(cond));
}
