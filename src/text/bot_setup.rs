//! Why one of the two bots ends before its work is done, and why a message or a request did not
//! arrive: what a result and a record keep, read back in the reader's language.

use crate::text::kept::kept;

kept! {
    // Config

    /// No address book.
    no_contacts(): "`contacts` is not set: name an address book in bot_config, or for all jobs in \
            jobsd.yaml under bots.birthday.defaults",
        "il manque le carnet d’adresses (`contacts`) : indiquez-le dans bot_config, ou pour tous \
            les jobs dans jobsd.yaml sous bots.birthday.defaults";
    /// No way for messages to leave.
    no_delivery(): "`delivery` is not set: say how messages leave in bot_config, or for all jobs \
            in jobsd.yaml under bots.birthday.defaults",
        "il manque le moyen d’envoi (`delivery`) : indiquez-le dans bot_config, ou pour tous les \
            jobs dans jobsd.yaml sous bots.birthday.defaults";
    /// No list of pages.
    no_addresses(): "`addresses` is not set: name a list of pages in bot_config, or for all jobs \
            in jobsd.yaml under bots.visitor.defaults",
        "il manque la liste de pages (`addresses`) : indiquez-la dans bot_config, ou pour tous \
            les jobs dans jobsd.yaml sous bots.visitor.defaults";
    /// A config that cannot be understood.
    bad_config(error): "the config on standard input is not understood: {error}",
        "la configuration sur l’entrée standard n’est pas comprise : {error}";
    /// A name in braces that no template knows.
    unknown_in_template(part): "`templates`: {part} is not known; see docs/bots.md for the names",
        "`templates` : {part} n’est pas connu ; les noms sont dans docs/bots.md";
    /// A sender that is not an address.
    bad_sender(key, text): "`{key}`: {text} is not a mail address; write Ana Lima \
            <ana@example.org>",
        "`{key}` : {text} n’est pas une adresse ; écrivez Ana Lima <ana@example.org>";

    // Variables

    /// A variable with a value that is not understood.
    bad_variable(name, value): "{name} is {value}, which is not understood; jobsd sets it",
        "{name} vaut {value}, ce qui n’est pas compris ; jobsd le fixe";
    /// No folder in which to remember what was sent.
    no_state(): "JOBSD_JOB_STATE names no folder, so nothing would keep a message from being sent \
            twice: let jobsd run this bot, set it, or add dry_run: true",
        "JOBSD_JOB_STATE ne nomme aucun dossier, rien n’éviterait donc un double envoi : laissez \
            jobsd lancer ce bot, fixez la variable, ou ajoutez dry_run: true";
    /// A secret in a variable that is not set.
    no_variable(key, name): "`{key}`: there is no variable {name}; set it for the daemon",
        "`{key}` : la variable {name} n’existe pas ; fixez-la pour le démon";

    // Files

    /// A file that a key names and that cannot be read.
    unreadable(key, path, error): "`{key}`: {path} cannot be read: {error}; fix the path or its \
            permissions",
        "`{key}` : {path} ne peut être lu : {error} ; corrigez le chemin ou ses droits";
    /// A file with an ending that no reader knows.
    unknown_kind(key, path): "`{key}`: {path} is of an unknown kind; see docs/bots.md for the \
            endings",
        "`{key}` : {path} est d’un type inconnu ; les extensions sont dans docs/bots.md";
    /// A file that a key names and that is not what it should be.
    bad_file(key, path, cause): "`{key}`: {path}: {cause}; fix the file or its path",
        "`{key}` : {path} : {cause} ; corrigez le fichier ou son chemin";
    /// A folder or a device in its place.
    not_a_file(): "it is not a file", "ce n’est pas un fichier";
    /// A file that is larger than any that is read.
    large_file(mebibytes): "it is larger than {mebibytes} MiB; split it",
        "il dépasse {mebibytes} Mio ; divisez-le";
    /// A file of certificates without any.
    no_certificate(): "it holds no certificate", "il ne contient aucun certificat";
    /// A file that is no PEM; the detail is a library's.
    not_pem(detail): "it is not PEM: {detail}", "ce n’est pas du PEM : {detail}";
    /// The ledger cannot be used.
    no_ledger(path, error): "the bot's ledger {path} cannot be used: {error}; nothing is sent \
            without it",
        "le registre du bot {path} est inutilisable : {error} ; rien n’est envoyé sans lui";
    /// A line of the ledger cannot be read.
    damaged_ledger(path, line): "{path}:{line}: the line cannot be read, and may be of a message \
            that was sent; fix or remove it",
        "{path}:{line} : la ligne est illisible et peut être celle d’un message envoyé ; \
            corrigez-la ou retirez-la";
    /// Another run of the same job holds its folder.
    another_run(by): "another run of this job is at work ({by}): wait for its end",
        "une autre exécution de ce job est en cours ({by}) : attendez sa fin";
    /// The job's folder cannot be used.
    no_folder(error): "the job's folder cannot be used: {error}; nothing is sent without it",
        "le dossier du job est inutilisable : {error} ; rien n’est envoyé sans lui";
    /// A file of its own, or its output, refuses what is written.
    not_written(error): "the bot could not write: {error}", "le bot n’a pas pu écrire : {error}";

    // The end of a run

    /// Contacts of which nobody can be greeted, ever.
    nobody(named, without_birthday, problems): "no one in {named} can be greeted: \
            {without_birthday} entries without a birthday, {problems} problems; check that it is \
            the right file and what is said of it above",
        "{named} ne donne personne à qui souhaiter un anniversaire : {without_birthday} entrées \
            sans date, {problems} problèmes ; vérifiez que c’est le bon fichier, et ce qui en est \
            dit plus haut";
    /// The bot was asked to stop.
    told_to_end(rest): "stopped: {rest} were not tried and stay due",
        "arrêt demandé : {rest} n’ont pas été tentés et restent dus";
    /// Not every message was taken.
    not_all(sent, failed, unknown): "not every message was accepted: {sent} sent, {failed} failed, \
            {unknown} unknown",
        "tous les messages n’ont pas été acceptés : envoyés {sent}, échoués {failed}, \
            incertains {unknown}";
    /// Not a page answered, and hosts asked for no more requests.
    no_visit_now(failed, waiting): "no page could be visited: {failed} failed, {waiting} left for \
            later as their host asks",
        "aucune page n’a pu être visitée : {failed} échecs, {waiting} remises à plus tard à la \
            demande de l’hôte";
    /// Not a page answered.
    no_visit(failed): "no page could be visited: {failed} failed",
        "aucune page n’a pu être visitée : {failed} échecs";

    // A mail server

    /// Nobody is there, or it takes no messages.
    no_mail_server(place, cause): "no mail can leave by {place}: {cause}",
        "aucun courriel ne peut partir par {place} : {cause}";
    /// It refused for good; the words are the server's.
    refused(code, said): "the mail server refused it ({code}): {said}",
        "le serveur de courrier l’a refusé ({code}) : {said}";
    /// It refused for now; the words are the server's.
    refused_for_now(code, said): "the mail server refused it for now ({code}): {said}",
        "le serveur de courrier l’a refusé pour l’instant ({code}) : {said}";
    /// It answered what no mail server should.
    odd_answer(detail): "the answer of the mail server is not understood: {detail}",
        "la réponse du serveur de courrier n’est pas comprise : {detail}";
    /// It encrypts nothing.
    no_starttls(): "the mail server offers no STARTTLS; set `tls: implicit` for port 465, or `tls: \
            none` inside a trusted network",
        "le serveur de courrier ne propose pas STARTTLS ; mettez `tls: implicit` pour le port 465, \
            ou `tls: none` dans un réseau de confiance";
    /// It knows no way to log in that we know.
    no_login(): "the mail server offers no way to log in; remove `user` and `password`, or choose \
            another `port` or `tls`",
        "le serveur de courrier ne propose aucune façon de se connecter ; retirez `user` et \
            `password`, ou choisissez un autre `port` ou `tls`";
    /// A message before the connection.
    no_connection(): "there is no connection", "il n’y a pas de connexion";

    // A web hook

    /// What it answered, when it did not take a message.
    hook_answered(status): "the web hook answered {status}", "le web hook a répondu {status}";

    // A program

    /// It cannot be started.
    not_started(program, error): "the program {program} cannot be started: {error}",
        "le programme {program} ne démarre pas : {error}";
    /// It ended by itself with this status.
    exit(code): "its exit status was {code}", "son code de sortie était {code}";
    /// A signal ended it.
    signal(number): "signal {number} killed it", "le signal {number} l’a arrêté";
    /// It took too long.
    too_slow(secs): "it took longer than {secs} s", "il a mis plus de {secs} s";

    // The network

    /// An address that is no address.
    not_an_address(address): "{address} is not an address", "{address} n’est pas une adresse";
    /// A host with no answer in time.
    silent(): "no answer in time", "pas de réponse à temps";
    /// A host that closed the connection.
    hung_up(): "the connection was closed before the answer",
        "la connexion a été fermée avant la réponse";
    /// A name without an address.
    unknown_host(): "the name of the host is unknown", "le nom de l’hôte est inconnu";
    /// No connection, for a reason that a library keeps to itself.
    unreachable(): "no connection could be made", "aucune connexion n’a pu être établie";
    /// A certificate of an authority that is not trusted.
    unknown_authority(): "the certificate is of an unknown authority; name it in `ca_file`",
        "le certificat vient d’une autorité inconnue ; nommez-la dans `ca_file`";
    /// A certificate out of date.
    expired(): "the certificate has expired", "le certificat a expiré";
    /// A certificate before its time.
    too_early(): "the certificate is not valid yet; check the clock of this machine",
        "le certificat n’est pas encore valable ; vérifiez l’horloge de cette machine";
    /// A certificate of another host.
    other_name(): "the certificate is of another host name",
        "le certificat est celui d’un autre nom d’hôte";
    /// Anything else about encryption; the detail is a library's.
    no_encryption(detail): "the encrypted connection failed: {detail}",
        "la connexion chiffrée a échoué : {detail}";
}
