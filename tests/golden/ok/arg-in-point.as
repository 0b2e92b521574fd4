probe timer.ms(250), process("/bin/true").begin { }
