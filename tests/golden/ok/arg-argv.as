probe begin { println(argc, argv[1]) }
