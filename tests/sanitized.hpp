// Which sanitizer the tests are built with, if any: it reserves so much address space that a test
// cannot bound the memory of a process, and ThreadSanitizer keeps a record of all that is touched.
#pragma once

namespace logigrad {

#if defined(__has_feature)
#define LOGIGRAD_HAS_FEATURE(name) __has_feature(name)
#else
#define LOGIGRAD_HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_THREAD__) || LOGIGRAD_HAS_FEATURE(thread_sanitizer)
inline constexpr bool kThreadSanitized = true;
#else
inline constexpr bool kThreadSanitized = false;
#endif

#if defined(__SANITIZE_ADDRESS__) || LOGIGRAD_HAS_FEATURE(address_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = kThreadSanitized;
#endif

#undef LOGIGRAD_HAS_FEATURE

}  // namespace logigrad
