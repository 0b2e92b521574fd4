probe begin { println(0x8000000000000000, 0xffffffffffffffff) }
