probe begin { println([5 + 1]) }
