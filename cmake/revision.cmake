# Writes the git revision to OUTPUT, "0123abcd" or "0123abcd-dirty", if it changed; run at every build.
execute_process(COMMAND git -C ${SOURCE_DIR} rev-parse --short=8 HEAD
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(revision "norevision")
else()
  # Results are made by the program, not part of it.
  execute_process(COMMAND git -C ${SOURCE_DIR} status --porcelain -- . :!results
                  OUTPUT_VARIABLE changes ERROR_QUIET)
  if(changes)
    string(APPEND revision "-dirty")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define LOGIGRAD_REVISION \"${revision}\"\n")
