/* Stand-in for the C library's header; see TargetConditionals.h. */
#ifndef MARU_ASSERT_H
#define MARU_ASSERT_H
#define assert(condition) ((void)0)
#define static_assert _Static_assert
#endif
