probe kprobe.function("__x64_sys_open") { println("a__x64_b") }
