/* Stand-in for Apple's header, for `cargo xtask check-platforms` on Linux: enough for C in our dependencies to
 * compile to objects that are never linked. Written for that; nothing of Apple's is in it. */
#ifndef MARU_TARGET_CONDITIONALS_H
#define MARU_TARGET_CONDITIONALS_H
#define TARGET_OS_MAC 1
#define TARGET_OS_OSX 1
#define TARGET_OS_IPHONE 0
#endif
