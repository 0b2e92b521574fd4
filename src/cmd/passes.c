/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole of stap, in order:
 *
 *   1 parse       script text → AST                    lang/
 *   2 elaborate   AST → typed program, resolved probes sema/ probe/
 *   3 translate   typed program → IR                   lower/ ir/
 *   4 compile     IR → .bo                             bpf/
 *                 or IR → .ko                          kmod/ kernel.c
 *   5 run         staprun or stapio takes that         launch.c
 *
 * -p N stops behind pass N and prints what it made. Messages about the script
 * are flushed at the end of each pass.
 */
#include "cmd/passes.h"

#include "base/io.h"
#include "bpf/bpf.h"
#include "cmd/kernel.h"
#include "cmd/launch.h"
#include "cmd/library.h"
#include "cmd/module.h"
#include "cmd/stopwatch.h"
#include "cmd/version.h"
#include "ir/layout.h"
#include "kmod/emit.h"
#include "lang/lang.h"
#include "lower/lower.h"
#include "probe/resolve.h"
#include "sema/sema.h"
#include "symbols/kconfig.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define SCRIPT_MAX ((size_t)1 << 30)

struct run {
	const struct options *o;
	struct arena arena;
	struct intern names;
	struct sources srcs;
	struct diag diag;
	struct lang_env env;
	struct lang lang;
	struct kconfig *config; /* read when a condition asks for it */
	struct utsname uts;
	VEC(struct ast_file *) files;
	struct tapset *tapset;
	struct probe_env probes; /* what pass 2 asks for */
	struct sema_prog *sema;
	struct ir_prog *ir;
	struct strbuf object;    /* .bo */
	struct strbuf module;    /* path of the .ko */
	struct kernel *kernel;   /* that modules are made for, when needed */
	bool for_kernel;         /* a .ko is made, not a .bo */
	unsigned last_pass;
	struct stopwatch watch;
};

static const char *config_value(void *ctx, const char *name)
{
	struct run *r = ctx;

	if (!r->config)
		r->config = kconfig_read(&r->arena, r->env.kernel_release);
	return kconfig_get(r->config, name);
}

/* Machine names as the language spells them. */
static const char *arch_name(const char *machine)
{
	static const char *const names[][2] = {
		{ "aarch64", "arm64" }, { "i686", "i386" },
		{ "i586", "i386" },     { "ppc64le", "powerpc" },
		{ "s390x", "s390" },    { "riscv64", "riscv" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(machine, names[i][0]))
			return names[i][1];
	return machine;
}

static void run_init(struct run *r, const struct options *o)
{
	memset(r, 0, sizeof(*r));
	r->o = o;
	uname(&r->uts);
	intern_init(&r->names, &r->arena);
	sources_init(&r->srcs, &r->arena);
	diag_init(&r->diag, &r->srcs);
	r->diag.no_warnings = o->no_warnings;
	r->diag.warnings_are_errors = o->warnings_are_errors;
	r->diag.show_duplicates = o->verbose[0] > 0;
	r->diag.verbose = o->verbose[0];
	r->diag.color = o->color == COLOR_ALWAYS ||
			(o->color == COLOR_AUTO && isatty(STDERR_FILENO));
	r->env = (struct lang_env){
		.kernel_release = r->uts.release,
		.arch = arch_name(r->uts.machine),
		.runtime = "bpf",
		.privilege = o->privilege,
		.compatible = o->compatible,
		.guru = o->guru,
		.n_args = o->args.len,
		.args = (char *const *)(uintptr_t)o->args.at,
		.config = config_value,
		.config_ctx = r,
	};
	lang_init(&r->lang, &r->arena, &r->names, &r->srcs, &r->diag, &r->env);
	r->tapset = library_open(&r->lang, o);
	strbuf_init(&r->object);
	strbuf_init(&r->module);
	r->last_pass = o->last_pass;
	stopwatch_start(&r->watch);
}

static void run_release(struct run *r)
{
	strbuf_release(&r->object);
	strbuf_release(&r->module);
	kernel_close(r->kernel);
	tapset_release(r->tapset);
	lang_release(&r->lang);
	diag_release(&r->diag);
	intern_release(&r->names);
	arena_release(&r->arena);
}

/* Flush messages; whether the pass went well. */
static bool pass_ok(struct run *r, unsigned pass, const char *name)
{
	bool ok = !r->diag.errors;

	if (!ok && r->diag.suppressed)
		strbuf_addf(&r->diag.out,
			    "Number of similar error messages suppressed: %u.\n"
			    "Rerun with -v to see them.\n",
			    r->diag.suppressed);
	if (!ok)
		strbuf_addf(&r->diag.out,
			    "Pass %u: %s failed.  [man error::pass%u]\n", pass,
			    name, pass);
	diag_flush(&r->diag, stderr);
	return ok;
}

/* Failure outside the script: one sentence, then the pass's line. */
static bool pass_failed(unsigned pass, const char *name,
			const struct strbuf *err)
{
	fprintf(stderr, "ERROR: %s\nPass %u: %s failed.  [man error::pass%u]\n",
		err->buf, pass, name, pass);
	return false;
}

/* Find the kernel that modules are made for, unless that is done. */
static bool need_kernel(struct run *r)
{
	struct strbuf err = STRBUF_INIT;
	bool ok = r->kernel || (r->kernel = kernel_open(r->o, &err));

	if (!ok)
		fprintf(stderr, "ERROR: %s\n", err.buf);
	strbuf_release(&err);
	return ok;
}

/* Whether the options alone ask for a kernel module: what -p4 and -m make is
 * meant to be copied and handed to staprun. */
static bool choose_target(struct run *r)
{
	const struct options *o = r->o;
	bool is_auto = !strcmp(o->runtime, "auto"), loads;

	if (o->release && !need_kernel(r))
		return false;
	loads = r->kernel ? kernel_of_modules(r->kernel) :
			    kernel_loads_modules();
	r->for_kernel = !strcmp(o->runtime, "kernel") ||
			(is_auto && loads &&
			 (r->kernel || o->module_name || r->last_pass == 4));
	if (r->for_kernel)
		r->env.runtime = "kernel";
	if (!r->kernel)
		return true;
	r->env.kernel_release = kernel_release(r->kernel);
	if (r->last_pass == 5 && !kernel_is_running(r->kernel)) {
		fprintf(stderr, "WARNING: kernel release/architecture mismatch with host forces last-pass 4.\n");
		r->last_pass = 4;
	}
	return true;
}

/* Print a pass's result; a full disk or a closed pipe is a failure. */
static bool print_result(const struct strbuf *text)
{
	int rc = io_write_all(STDOUT_FILENO, text->buf, text->len);

	if (rc)
		fprintf(stderr, "ERROR: cannot write the result: %s\n",
			strerror(-rc));
	return !rc;
}

/* --- pass 1 --- */

static bool parse_text(struct run *r, const char *name, const char *text,
		       size_t len)
{
	struct source *src = source_add(&r->srcs, name, text, len, false);

	if (!src) {
		fprintf(stderr, "ERROR: the script '%s' is too large\n", name);
		return false;
	}
	vec_push(&r->arena, &r->files, lang_parse(&r->lang, src, LANG_USER));
	return true;
}

/* Read a script and parse it. The text lives as long as the run. */
static bool parse_file(struct run *r, const char *path)
{
	bool in = !strcmp(path, "-");
	struct strbuf text = STRBUF_INIT, err = STRBUF_INIT;
	bool ok;
	int rc = in ? io_read_fd(STDIN_FILENO, SCRIPT_MAX, &text) :
		      io_read_file(path, SCRIPT_MAX, &text, &err);

	if (rc && in)
		strbuf_addf(&err, "cannot read standard input: %s",
			    strerror(-rc));
	if (rc == -EFBIG) {
		diag_error(&r->diag, (struct loc){ 0 }, SCRIPT_TOO_LARGE);
		ok = true;
	} else if (rc) {
		fprintf(stderr, "ERROR: script: %s\n", err.buf);
		ok = false;
	} else {
		ok = parse_text(r, in ? "<input>" : path,
				arena_strndup(&r->arena, text.buf, text.len),
				text.len);
	}
	strbuf_release(&text);
	strbuf_release(&err);
	return ok;
}

/* -l PROBE: a script of one probe without a body. */
static bool parse_points(struct run *r)
{
	struct source *src = source_add(&r->srcs, "<input>", r->o->list,
					strlen(r->o->list), false);

	if (!src)
		return false;
	vec_push(&r->arena, &r->files, lang_parse_points(&r->lang, src));
	return true;
}

/* -T is one more probe of the script. */
static bool parse_timeout(struct run *r)
{
	const char *text = arena_printf(&r->arena,
					"probe timer.ms(%lld) { exit() }",
					(long long)r->o->timeout_ms);

	return parse_text(r, "<timeout>", text, strlen(text));
}

static bool pass_1_parse(struct run *r)
{
	const struct options *o = r->o;
	const char **extra;
	bool read_ok;

	if (o->script_file && library_holds(o, o->script_file)) {
		fprintf(stderr,
			"usage error: tapset file '%s' cannot be run directly as a session script.\n",
			o->script_file);
		return false;
	}
	read_ok = o->list ? parse_points(r) :
		  o->script_text ? parse_text(r, "<input>", o->script_text,
					      strlen(o->script_text)) :
				   parse_file(r, o->script_file);
	vec_foreach(extra, &o->extra_scripts)
		read_ok = read_ok &&
			  parse_text(r, "<input>", *extra, strlen(*extra));
	if (read_ok && o->timeout_ms)
		read_ok = parse_timeout(r);
	if (!read_ok) {
		fprintf(stderr, "Pass 1: parse failed.  [man error::pass1]\n");
		return false;
	}
	if (r->diag.errors)
		strbuf_addf(&r->diag.out, "%u parse error%s.\n",
			    r->diag.errors, r->diag.errors == 1 ? "" : "s");
	lang_warn_unused_args(&r->lang);
	if (o->verbose[0])
		stopwatch_line(&r->watch, 1,
			       "parsed user script and %zu library scripts",
			       tapset_count_scripts(r->tapset));
	return pass_ok(r, 1, "parse");
}

/* --- pass 2 --- */

static void analyze(struct run *r)
{
	/* Nothing is known of another kernel: names are taken as they are. */
	bool foreign = r->kernel && !kernel_is_running(r->kernel);

	r->probes = (struct probe_env){
		.command = r->o->command,
		.pid = r->o->pid,
		.sysroot = "",
		.privilege = r->env.privilege,
		.guru = r->o->guru,
		.no_global_display = r->o->no_global_display || r->o->list,
		.optimize = !r->o->no_optimization && !r->o->list,
		.listing = r->o->list != NULL,
		.tracefs_path = foreign ? "" : NULL,
		.btf_path = foreign ? "" : NULL,
		.kallsyms_path = r->kernel ? kernel_symbols(r->kernel) : NULL,
	};

	stopwatch_start(&r->watch);
	r->sema = sema_analyze(&r->lang, &r->probes, r->tapset, r->files.at,
			       r->files.len);
	if (r->o->verbose[1] && r->o->last_pass > 1)
		stopwatch_line(&r->watch, 2,
			       "analyzed script: %zu probes, %zu functions, %zu embeds, %zu globals",
			       r->sema->probes.len, r->sema->functions.len,
			       r->sema->embeds.len,
			       r->sema->globals.len);
}

static bool print_pass_1(struct run *r)
{
	struct strbuf out = STRBUF_INIT;
	struct ast_file **f;
	bool ok;

	strbuf_addstr(&out, "# parse tree dump\n");
	vec_foreach(f, &r->files)
		ast_print_file(*f, &out);
	/* Which files of the library are used shows only in pass 2. */
	if (r->o->verbose[0]) {
		tapset_print_files(r->tapset, &out);
		r->diag.mute = true;
		analyze(r);
		tapset_print_files(r->tapset, NULL);
	}
	ok = print_result(&out);
	strbuf_release(&out);
	return ok;
}

static bool pass_2_elaborate(struct run *r)
{
	analyze(r);
	return pass_ok(r, 2, "analysis");
}

static bool print_pass_2(struct run *r)
{
	struct strbuf out = STRBUF_INIT;
	bool ok;

	sema_print(&r->lang, r->sema, r->o->verbose[1] > 0, &out);
	ok = print_result(&out);
	strbuf_release(&out);
	return ok;
}

/* --dump-*: these need no script. */
static bool dump(struct run *r)
{
	struct probe_env env = { .sysroot = "", .privilege = r->env.privilege };
	bool internal = r->o->verbose[0] > 0;
	struct strbuf out = STRBUF_INIT;
	bool ok;

	switch (r->o->dump) {
	case DUMP_NONE:
		break;
	case DUMP_TYPES:
		providers_dump(r->o->privilege, &out);
		break;
	case DUMP_ALIASES:
		sema_dump_aliases(&r->lang, r->tapset, internal, &out);
		break;
	case DUMP_FUNCTIONS:
		sema_dump_functions(&r->lang, &env, r->tapset, internal, &out);
		break;
	}
	diag_flush(&r->diag, stderr);
	ok = print_result(&out);
	strbuf_release(&out);
	return ok;
}

/* -l, -L: what does not resolve is left out, and named only under -vv. */
static bool list_places(struct run *r)
{
	struct strbuf out = STRBUF_INIT;
	size_t n;

	analyze(r);
	if (r->o->verbose[1] >= 2)
		diag_flush(&r->diag, stderr);
	n = sema_list(r->sema, r->o->list_locals, &out);
	if (n && !print_result(&out))
		n = 0;
	strbuf_release(&out);
	return n != 0;
}

/* --- pass 3 --- */

/* Make the IR, for BPF or for a kernel module. */
static bool translate(struct run *r)
{
	struct lower_options opt = { .runtime = r->env.runtime,
				     .limits = r->o->limits,
				     .nesting_given =
					     r->o->limits_given.maxnesting,
				     .timing = r->o->timing,
				     .suppress_time_limits =
					     r->o->suppress_time_limits,
				     .name = r->o->module_name ?
						     r->o->module_name :
						     "stap" };
	struct strbuf err = STRBUF_INIT;
	bool ok;

	r->ir = lower_program(&r->arena, r->sema, &opt, &r->diag);
	ok = pass_ok(r, 3, "translation");
	if (ok) {
		ir_pass_clean(r->ir);
		if (!r->for_kernel) {
			ir_pass_late(r->ir);
			ir_pass_clean(r->ir);
		}
		ir_pass_bounds(r->ir);
		if (!r->for_kernel)
			ir_pass_merge(r->ir);
		/* What lowering made wrong is a bug of ours, but one that the
		 * user gets to see as a sentence rather than a crash. */
		if (ir_check(r->ir, &err))
			ok = pass_failed(3, "translation", &err);
	}
	if (ok && !r->o->module_name && !r->for_kernel)
		r->ir->name = module_name_of(r->ir, &r->arena);
	strbuf_release(&err);
	return ok;
}

static bool pass_3_translate(struct run *r)
{
	bool ok;

	stopwatch_start(&r->watch);
	ok = translate(r);
	if (ok && r->o->verbose[2])
		stopwatch_line(&r->watch, 3, "translated to IR");
	return ok;
}

static bool print_pass_3(struct run *r)
{
	struct strbuf out = STRBUF_INIT, err = STRBUF_INIT;
	bool ok = true;

	if (r->for_kernel && !r->o->dump_ir) {
		if (kmod_can_run(r->ir, &err) || kmod_emit(r->ir, &out, &err))
			ok = pass_failed(3, "translation", &err);
	} else {
		ir_print(r->ir, &out);
		if (!r->o->dump_ir && bpf_list(r->ir, &out, &err))
			ok = pass_failed(3, "translation", &err);
	}
	ok = print_result(&out) && ok;
	strbuf_release(&out);
	strbuf_release(&err);
	return ok;
}

/* --- pass 4 --- */

static bool compile_module(struct run *r)
{
	struct strbuf err = STRBUF_INIT;
	bool cached = false, ok;

	if (!need_kernel(r)) {
		fprintf(stderr, "Pass 4: compilation failed.  [man error::pass4]\n");
		return false;
	}
	if (!r->o->module_name)
		r->ir->name = kernel_module_name(r->kernel, r->ir, &r->arena);
	ok = !kernel_module(r->kernel, r->ir, &r->module, &cached, &err);
	if (!ok)
		pass_failed(4, "compilation", &err);
	else if (r->o->verbose[3] && cached)
		fprintf(stderr, "Pass 4: using cached %s\n", r->module.buf);
	else if (r->o->verbose[3])
		stopwatch_line(&r->watch, 4, "compiled C into \"%s.ko\"",
			       r->ir->name);
	strbuf_release(&err);
	return ok;
}

/* What BPF cannot express or attach may still go into a kernel module, where
 * the user left the choice to us and the kernel takes one. */
static bool module_instead(struct run *r, struct strbuf *err)
{
	struct strbuf why = STRBUF_INIT;
	bool can = !strcmp(r->o->runtime, "auto") && kernel_loads_modules();

	if (can) {
		r->for_kernel = true;
		can = translate(r) && !kmod_can_run(r->ir, &why);
		if (why.len)
			strbuf_addf(err, "\nERROR: as a kernel module: %s",
				    why.buf);
	}
	strbuf_release(&why);
	return can;
}

static bool pass_4_compile(struct run *r)
{
	struct strbuf err = STRBUF_INIT;
	bool ok;

	stopwatch_start(&r->watch);
	ok = r->for_kernel ? !kmod_can_run(r->ir, &err) :
			     !bpf_can_run(r->ir, &err);
	if (!ok && !r->for_kernel)
		ok = module_instead(r, &err);
	if (ok && !r->for_kernel)
		ok = !bpf_emit(r->ir, &r->object, &err);
	if (!ok)
		pass_failed(4, "compilation", &err);
	else if (r->for_kernel)
		ok = compile_module(r);
	else if (r->o->verbose[3])
		stopwatch_line(&r->watch, 4, "compiled BPF into \"%s.bo\"",
			       r->ir->name);
	strbuf_release(&err);
	return ok;
}

/* Store the object; append its path and a newline to path. */
static bool store_object(struct run *r, struct strbuf *path)
{
	struct strbuf err = STRBUF_INIT;
	bool ok = true;

	if (r->for_kernel)
		strbuf_add(path, r->module.buf, r->module.len);
	else if (module_store(r->o, r->ir->name, &r->object, path, &err))
		ok = pass_failed(4, "compilation", &err);
	if (ok)
		strbuf_addch(path, '\n');
	strbuf_release(&err);
	return ok;
}

static bool print_pass_4(struct run *r)
{
	struct strbuf path = STRBUF_INIT;
	bool ok = store_object(r, &path) && print_result(&path);

	strbuf_release(&path);
	return ok;
}

/* --- pass 5 --- */

static bool pass_5_run(struct run *r)
{
	struct strbuf err = STRBUF_INIT, path = STRBUF_INIT;
	struct ir_layout layout;
	bool stored = !r->o->module_name || store_object(r, &path);
	int status;

	strbuf_release(&path);
	if (!stored)
		return false;
	if (r->o->verbose[4])
		fprintf(stderr, "Pass 5: starting run.\n");
	stopwatch_start(&r->watch);
	if (!r->for_kernel)
		ir_layout_init(&layout, r->ir, &r->arena);
	status = r->for_kernel ?
			 launch_module(r->o, r->ir, r->module.buf, &err) :
			 launch(r->o, r->ir->name, &r->object,
				layout.any_kernel, &err);
	if (r->o->verbose[4])
		stopwatch_line(&r->watch, 5, "run completed");
	if (err.len)
		fprintf(stderr, "ERROR: %s\n", err.buf);
	if (status)
		fprintf(stderr, "Pass 5: run failed.  [man error::pass5]\n");
	strbuf_release(&err);
	return !status;
}

static const struct {
	bool (*run)(struct run *r);
	bool (*print)(struct run *r); /* with -p N */
} passes[PASSES] = {
	{ pass_1_parse, print_pass_1 },	    { pass_2_elaborate, print_pass_2 },
	{ pass_3_translate, print_pass_3 }, { pass_4_compile, print_pass_4 },
	{ pass_5_run, NULL },
};

int passes_run(const struct options *o)
{
	struct run r;
	bool script = !o->list && !o->dump, ok = true;
	unsigned i;

	run_init(&r, o);
	if (o->dump)
		ok = dump(&r);
	if (o->list)
		ok = pass_1_parse(&r) && list_places(&r);
	if (script)
		ok = choose_target(&r);
	for (i = 0; script && ok && i < r.last_pass; i++)
		ok = passes[i].run(&r);
	if (script && ok && passes[r.last_pass - 1].print)
		ok = passes[r.last_pass - 1].print(&r);
	run_release(&r);
	return ok ? 0 : 1;
}
