probe begin { println(@cast(0, "task_struct", "kernel")->pid) }
