// LOGIGRAD_SANITIZED is defined where a sanitizer reserves so much address space that a test cannot
// bound the memory of a process.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LOGIGRAD_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LOGIGRAD_SANITIZED 1
#endif
#endif
