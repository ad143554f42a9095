//! Why the daemon's promise cannot be kept (`/health`), and what it put right (notes).

use crate::text::kept::kept;

kept! {
    // The loop and the disk

    /// The disk is slow.
    slow_disk(): "the disk is slow: it takes more than a second to make the history durable, and \
            starts are late",
        "le disque est lent : il met plus d’une seconde à rendre l’historique durable, et les \
            démarrages sont en retard";
    /// A write hangs.
    hanging_disk(): "the disk is not responding: the history is not written, and no run starts \
            until it is",
        "le disque ne répond pas : rien n’est écrit dans l’historique, et rien ne démarre tant \
            qu’il se tait";
    /// The loop hangs.
    stalled(): "the scheduler loop is stalled: no run starts until it recovers; give it time, or \
            restart it",
        "la boucle du planificateur est bloquée : rien ne démarre tant qu’elle l’est ; donnez-lui du temps, \
            ou redémarrez-le";
    /// The disk of the state directory hangs.
    no_answer(dir): "the disk of {dir} is not responding", "le disque de {dir} ne répond pas";
    /// The disk is full.
    full(dir, free): "the disk of {dir} is full: {free} bytes are free; free space",
        "le disque de {dir} est plein : {free} octets libres ; faites de la place";
    /// The state directory cannot be asked.
    out_of_reach(dir, error): "the state directory {dir} is out of reach: {error}",
        "le dossier d’état {dir} est hors d’atteinte : {error}";
    /// The history cannot be written.
    unwritable(error, remedy): "the history cannot be written: {error}; {remedy}",
        "l’historique ne peut pas être écrit : {error} ; {remedy}";
    /// The state directory is another one.
    displaced(dir): "{dir} is not the state directory that this daemon works on: it was renamed, \
            removed or replaced; put it back, or stop this daemon",
        "{dir} n’est pas le dossier d’état de ce démon : il a été renommé, retiré ou remplacé ; \
            remettez-le, ou arrêtez ce démon";
    /// The clock is wrong.
    insane_clock(day): "the clock shows {day}, which cannot be right: set it; nothing of the \
            history is removed until then",
        "l’horloge affiche {day}, ce qui ne peut être juste : réglez-la ; en attendant, \
            rien de l’historique n’est retiré";

    // Runs

    /// Starts hang.
    no_starts(jobs): "starts do not happen: a program, a working directory or a file of {jobs} is \
            not responding; other jobs are not affected",
        "des démarrages n’ont pas lieu : un programme, un dossier de travail ou un fichier de \
            {jobs} ne répond pas ; les autres jobs ne sont pas touchés";
    /// Output hangs.
    no_output(jobs): "output is not written: the output or result files of {jobs} are not \
            responding; the runs are not affected",
        "la sortie n’est pas écrite : les fichiers de sortie ou de résultat de {jobs} ne répondent \
            pas ; les exécutions ne sont pas touchées";
    /// No one reads the log.
    unread_log(name): "the log is not written: {name} takes nothing; read it, or set `log.file`",
        "le journal n’est pas écrit : {name} ne prend rien ; lisez-le, ou réglez `log.file`";
    /// The log cannot be written.
    failed_log(name, error): "the log is not written: {name}: {error}",
        "le journal n’est pas écrit : {name} : {error}";

    /// Where the log goes when no file is named.
    standard_error(): "standard error", "l’erreur standard";
    /// The file of the log.
    log_file(path): "the log file {path}", "le fichier du journal {path}";

    // Files that the daemon holds

    /// Two daemons.
    two_daemons(by): "another daemon ({by}) has locked the state directory too: stop one of the \
        two",
        "un autre démon ({by}) a aussi verrouillé le dossier d’état : arrêtez l’un des deux";
    /// The lock is gone for good.
    no_lock(error): "the file `lock` is gone and cannot be created again: {error}",
        "le fichier `lock` a disparu et ne peut pas être recréé : {error}";
    /// The lock was gone.
    new_lock(): "the file `lock` was replaced or removed; it was created again",
        "le fichier `lock` avait été remplacé ou retiré ; il a été recréé";
    /// The address cannot be written.
    no_address(error): "the file `address` cannot be written: {error}; name the daemon with --server",
        "le fichier `address` ne peut pas être écrit : {error} ; nommez le démon avec --server";
    /// The address was gone.
    new_address(): "the file `address` was replaced or removed; it was created again",
        "le fichier `address` avait été remplacé ou retiré ; il a été recréé";
    /// The socket is gone for good.
    no_socket(error): "the control socket is gone and cannot be created again: {error}",
        "la socket de contrôle a disparu et ne peut pas être recréée : {error}";
    /// The socket was gone.
    new_socket(): "the control socket was replaced or removed; it was created again",
        "la socket de contrôle avait été remplacée ou retirée ; elle a été recréée";

    // The job files

    /// The looks hang.
    no_jobs_folder(): "the file system of the jobs folder is not responding: check the mount",
        "le système de fichiers du dossier des jobs ne répond pas : vérifiez son montage";
    /// git holds its lock.
    held_by_git(lock): "edits wait for git, which holds {lock}; if git is not running, remove that \
            file",
        "les modifications attendent git, qui tient {lock} ; si git ne tourne pas, retirez ce \
            fichier";
    /// A fault of ours.
    failed_look(folder): "reading {folder} failed by a fault of jobsd",
        "la lecture de {folder} a échoué par une faute de jobsd";

    // The history

    /// Another file stood in the place of today's.
    replaced_history(at, lines): "today's history was replaced or removed while this daemon ran; at \
            {at} it was put right, with {lines} lines that were missing; stop the daemon before \
            you change the history",
        "l’historique du jour a été remplacé ou retiré pendant que ce démon tournait ; à {at}, il \
            a été rétabli, avec {lines} lignes qui manquaient ; arrêtez le démon avant de modifier \
            l’historique";
    /// The clock had been ahead.
    moved_history(at, lines): "the clock had been ahead and was put right; at {at} the {lines} \
            lines that were written under its later days were moved to the end of today's history",
        "l’horloge avançait et a été remise à l’heure ; à {at}, les {lines} lignes écrites sous \
            ses jours à venir ont été déplacées à la fin de l’historique du jour";
    /// The clock was ahead, and lines go under its day.
    day_to_come(since, day, until): "the clock was ahead: since {since} the history is written \
            under {day}, a day to come; it moves to its right day when the clock has gone on for \
            24 h without a leap, at {until}",
        "l’horloge avançait : depuis le {since}, l’historique s’écrit sous {day}, un jour à venir ; \
            il rejoindra son vrai jour quand l’horloge aura tourné 24 h sans saut, le {until}";
    /// Today's file was cut short.
    cut_history(at): "today's history was cut short while this daemon ran; at {at} everything live \
            was written again, but what was cut off is lost; stop the daemon before you change the \
            history",
        "l’historique du jour a été tronqué pendant que ce démon tournait ; à {at}, tout ce qui \
            est en cours a été réécrit, mais le reste est perdu ; arrêtez le démon avant de \
            modifier l’historique";

    // Parts of sentences

    /// More jobs than are named.
    and_more(jobs, more): "{jobs} and {more} more", "{jobs} et {more} de plus";
}
