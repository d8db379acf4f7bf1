#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

/* What Swift's Glibc module leaves out of Linux. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

/* Declared by glibc under _GNU_SOURCE only, which a module cannot switch on after the fact. */
int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);

#endif
