probe begin { println("one\ntwo") }
