// The macro LOGIGRAD_ISA in a string or in a name, for the files that are compiled once for every ISA.
#pragma once

#define LOGIGRAD_STRING_(x) #x
#define LOGIGRAD_STRING(x) LOGIGRAD_STRING_(x)
#define LOGIGRAD_JOIN_(a, b) a##b
#define LOGIGRAD_JOIN(a, b) LOGIGRAD_JOIN_(a, b)
