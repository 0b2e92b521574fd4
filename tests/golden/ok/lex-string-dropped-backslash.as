probe begin { println("\x22 q 8 ' ? e") }
