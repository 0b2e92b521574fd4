probe begin { println(0, "0") }
