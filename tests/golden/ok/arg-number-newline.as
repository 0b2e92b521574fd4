probe begin { println("one\ntwo", 1 + 5 - 1) }
