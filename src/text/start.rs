//! Why an attempt could not be started: what its record keeps, with what to do.

use crate::text::kept::kept;

kept! {
    // Files and variables

    /// The file of variables cannot be read.
    env_file(path, error): "env_file {path} cannot be read: {error}",
        "env_file {path} est illisible : {error}";
    /// A variable that the daemon should pass on, and does not have.
    no_variable(name, source): "env.{name}: the daemon's environment has no {source}",
        "env.{name} : l’environnement du démon n’a pas {source}";
    /// The file of a variable's value cannot be read.
    unread_value(name, path, error): "env.{name}: {path} cannot be read: {error}",
        "env.{name} : {path} est illisible : {error}";
    /// The file of a variable's value is not text.
    nul_in_value(name, path): "env.{name}: {path} holds a NUL byte, which no environment can hold",
        "env.{name} : {path} contient un octet NUL, qu’aucun environnement n’admet";
    /// A file that is larger than any that is read.
    large_file(): "it is larger than 1 MiB", "il dépasse 1 Mio";
    /// A folder for the run cannot be made.
    no_folder(path, error): "{path} cannot be created: {error}",
        "{path} ne peut pas être créé : {error}";

    // The working directory

    /// It is a file.
    dir_is_a_file(path): "the working directory {path} is not a directory: fix `working_dir`",
        "le dossier de travail {path} n’est pas un dossier : corrigez `working_dir`";
    /// It does not exist.
    no_dir(path): "the working directory {path} does not exist: create it, or fix `working_dir`",
        "le dossier de travail {path} n’existe pas : créez-le, ou corrigez `working_dir`";
    /// It cannot be entered.
    closed_dir(path, error): "the working directory {path} cannot be entered: {error}; \
            fix its permissions or `working_dir`",
        "le dossier de travail {path} ne s’ouvre pas : {error} ; \
            corrigez ses droits ou `working_dir`";
    /// The user of the job cannot enter it.
    dir_closed_to_user(error): "the working directory cannot be entered by that user: {error}; \
            fix `working_dir`",
        "le dossier de travail ne s’ouvre pas à cet utilisateur : {error} ; corrigez `working_dir`";

    // The program

    /// It does not exist.
    no_program(program, dir): "the program {program} does not exist (searched from {dir}): \
            install it or fix `command`",
        "le programme {program} n’existe pas (cherché depuis {dir}) : \
            installez-le ou corrigez `command`";
    /// It cannot be executed.
    not_executable(program): "the program {program} cannot be executed: chmod +x, or fix the \
            permissions of its folder",
        "le programme {program} n’est pas exécutable : chmod +x, ou corrigez les droits de son \
            dossier";
    /// It is neither a binary nor a script.
    not_a_program(program): "{program} is not a program: begin a script with #!, or run it by its \
            interpreter",
        "{program} n’est pas un programme : commencez un script par #!, ou lancez-le par son \
            interpréteur";
    /// It is being written.
    busy_program(program): "{program} is being written: replace programs by rename, never in place",
        "{program} est en cours d’écriture : remplacez un programme par renommage, jamais sur \
            place";
    /// Its arguments and variables are too large.
    too_many_arguments(program): "arguments and environment of {program} are too large: pass data \
            by file or stdin",
        "arguments et environnement de {program} sont trop grands : passez les données par fichier \
            ou par stdin";
    /// The system has no room for another process.
    no_process(program, error): "the system refused another process for {program}: {error}; raise \
            its limits",
        "le système a refusé un processus de plus pour {program} : {error} ; relevez ses limites";
    /// Anything else.
    not_started(program, error): "{program} cannot be started: {error}",
        "{program} ne démarre pas : {error}";

    // Users, limits

    /// Only root can take on another user or group.
    needs_root(key): "`{key}` needs a daemon that runs as root: remove it, or run jobsd as root",
        "`{key}` demande un démon qui tourne sous root : retirez-le, ou lancez jobsd sous root";
    /// No such user.
    no_user(name): "there is no user {name} on this machine: create it, or fix `user`",
        "l’utilisateur {name} n’existe pas sur cette machine : créez-le, ou corrigez `user`";
    /// The users cannot be read.
    unknown_user(name, error): "the user {name} cannot be looked up: {error}",
        "l’utilisateur {name} est introuvable : {error}";
    /// No such group.
    no_group(name): "there is no group {name} on this machine: create it, or fix `group`",
        "le groupe {name} n’existe pas sur cette machine : créez-le, ou corrigez `group`";
    /// The groups cannot be read.
    unknown_group(name, error): "the group {name} cannot be looked up: {error}",
        "le groupe {name} est introuvable : {error}";
    /// A user or group that the system refuses to take on.
    not_taken_on(key, error): "`{key}` cannot be taken on: {error}",
        "`{key}` ne peut pas être appliqué : {error}";
    /// The way back to root is still open.
    still_root(): "`user`: the rights of root were not given up",
        "`user` : les droits de root n’ont pas été abandonnés";
    /// A limit that the system refuses.
    no_limit(key, limit, error): "limits.{key}: {limit} cannot be set: {error}; it may be at most \
            the daemon's own hard limit",
        "limits.{key} : {limit} est refusé : {error} ; au plus la limite stricte du démon";
    /// A niceness that the system refuses.
    no_nice(nice, error): "nice: {nice} cannot be set: {error}; below the daemon's own it needs \
            root",
        "nice : {nice} est refusé : {error} ; sous celui du démon, il faut root";

    // The daemon

    /// No descriptor for its pipes.
    no_descriptor(error): "no descriptor for its output: {error}; raise LimitNOFILE (ulimit -n) of \
            the daemon",
        "pas de descripteur pour sa sortie : {error} ; relevez LimitNOFILE (ulimit -n) du démon";
    /// Nothing counts descriptors any more.
    no_counting(): "no descriptors can be counted any more; restart jobsd",
        "les descripteurs ne peuvent plus être comptés ; redémarrez jobsd";
    /// The thread that starts programs has ended.
    no_starter(): "the thread that starts programs is gone: restart jobsd, and report this",
        "le fil qui lance les programmes a disparu : redémarrez jobsd, et signalez-le";
    /// It was stopped while it waited for its start.
    given_up(): "it was given up before it was started", "elle a été abandonnée avant son \
        démarrage";
    /// The exit status could not be read.
    lost_status(error): "its exit status was lost: {error}",
        "son code de sortie s’est perdu : {error}";
}
