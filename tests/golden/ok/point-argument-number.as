probe begin(5) { }
probe begin(-0x5) { }
probe timer.ms(16).randomize(8) { }
