probe begin { println("one\ntwo \"three\"\n") }
