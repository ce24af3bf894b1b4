//! The interface's own words in each language. What the pathway says comes in through fields, never from here.

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Es];

    /// The language's code, as in `<html lang>`.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// What the language calls itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Es => "Español",
        }
    }

    /// The language of a code; none for a code that is not ours.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::En => Self::Es,
            Self::Es => Self::En,
        }
    }
}

/// The words of one language, as templates use them: `{{ t.w(Word::HelpNow) }}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    lang: Lang,
}

impl Words {
    /// The words of `lang`.
    pub fn new(lang: Lang) -> Self {
        Self { lang }
    }

    /// The language.
    pub fn lang(self) -> Lang {
        self.lang
    }

    /// The language's code.
    pub fn code(self) -> &'static str {
        self.lang.code()
    }

    /// The word for `key`.
    pub fn w(self, key: Word) -> &'static str {
        word(self.lang, key)
    }

    /// Which screen of a task this is, such as `Step 2 of 3`.
    pub fn step(self, step: &u8, steps: &u8) -> String {
        match self.lang {
            Lang::En => format!("Step {step} of {steps}"),
            Lang::Es => format!("Paso {step} de {steps}"),
        }
    }
}

/// Declares each word once: its key, its English, its Spanish.
macro_rules! words {
    ($($key:ident: $en:literal, $es:literal;)*) => {
        /// A word or sentence of the interface; each is documented by its English.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Word {
            $(#[doc = $en] $key,)*
        }

        impl Word {
            /// Every word, so that a test can read them all.
            pub const ALL: &'static [Self] = &[$(Self::$key,)*];
        }

        /// The word for `key` in `lang`.
        pub fn word(lang: Lang, key: Word) -> &'static str {
            match (lang, key) {
                $((Lang::En, Word::$key) => $en, (Lang::Es, Word::$key) => $es,)*
            }
        }
    };
}

words! {
    // everywhere
    SkipToContent: "Skip to the content", "Saltar al contenido";
    MainNavigation: "Main", "Principal";
    HelpNow: "Help now", "Ayuda ya";
    Synthetic: "synthetic", "ficticio";
    SyntheticText: "An invented person, for trying things out.", "Una persona inventada, para hacer pruebas.";
    ErrorPrefix: "Please correct:", "Por favor, corrija:";
    PleaseMend: "Please look at this again", "Por favor, revise esto";
    Language: "Language", "Idioma";
    Print: "Print", "Imprimir";
    Today: "Today", "Hoy";
    LevelExpected: "Expected", "Esperable";
    LevelWatch: "Watch", "Vigilar";
    LevelAttention: "Attention", "Atención";
    LevelEmergency: "Emergency", "Emergencia";

    // today
    HowIsYourBack: "How is your back today?", "¿Cómo está su espalda hoy?";
    StartCheckIn: "Start today’s check-in", "Empezar el control de hoy";
    ContinueCheckIn: "Continue where you were", "Continuar donde estaba";
    NewOrWorse: "Something is new or worse", "Algo es nuevo o ha empeorado";
    WhatThisMeans: "What this means", "Qué significa esto";
    CanI: "Can I…?", "¿Puedo…?";
    NotYet: "Not yet:", "Todavía no:";
    ItHurt: "It hurt, so I stopped", "Me dolió y paré";
    LimitsWait: "First get help. What is allowed today stands here again once the clinic has dealt with this.", "Primero busque ayuda. Lo que puede hacer hoy volverá a estar aquí cuando la clínica lo haya atendido.";
    NextStep: "Next step for you", "Su próximo paso";
    OfflineBadge: "No network. What you enter is kept on this phone; it has not been sent.", "Sin conexión. Lo que anote se guarda en este teléfono; no se ha enviado.";
    OfflineShort: "No network.", "Sin conexión.";

    // check-in
    Kept: "Kept", "Guardado";
    Keeping: "Keeping…", "Guardando…";
    KeptHere: "Kept on this phone, not sent", "Guardado en este teléfono, sin enviar";
    Continue: "Continue", "Continuar";
    NoneOfThese: "None of these", "Nada de esto";
    NothingElse: "Nothing else from this list", "Nada más de esta lista";
    RestIsNormal: "What you did not tap is kept as “no” or “normal”.", "Lo que no ha tocado se guarda como «no» o «normal».";
    ReadToEnd: "Please look through the whole list first.", "Primero mire toda la lista, por favor.";
    DontKnowIsFine: "That is fine. The clinic will know that we could not find out.", "No pasa nada. La clínica sabrá que no pudimos saberlo.";
    WaitForNetwork: "No network: nothing has been sent. Your answers are kept on this phone; send them once you are connected. If you cannot wait, use Help now.", "Sin conexión: no se ha enviado nada. Sus respuestas se guardan en este teléfono; envíelas cuando tenga conexión. Si no puede esperar, use «Ayuda ya».";
    WaitHere: "No network: nothing has been sent. Leave this page open and send it once you are connected. If you cannot wait, use Help now.", "Sin conexión: no se ha enviado nada. Deje esta página abierta y envíela cuando tenga conexión. Si no puede esperar, use «Ayuda ya».";
    WaitNoLonger: "No network: nothing has been sent. Do not wait for it: call now.", "Sin conexión: no se ha enviado nada. No espere: llame ya.";
    KeptWillBeSent: "No network. Your answer is kept on this phone. It is sent once there is a network and Lamella is open. Do not wait for that: call.", "Sin conexión. Su respuesta se guarda en este teléfono. Se enviará cuando haya conexión y Lamella esté abierta. No espere a eso: llame.";
    AsSet: "We have filled this in. Please check it.", "Lo hemos rellenado nosotros. Compruébelo, por favor.";
    AsAbove: "as it stands above", "como figura arriba";
    AsFilledIn: "as it stands above; we filled it in, so please check", "como figura arriba; lo rellenamos nosotros, compruébelo";
    AlreadySent: "You have already sent this check-in. Here is what it means. If an answer was wrong, you can correct it below.", "Ya ha enviado este control. Aquí está lo que significa. Si una respuesta era incorrecta, puede corregirla abajo.";
    YouCanGoOn: "You can finish the other questions afterwards.", "Puede terminar las demás preguntas después.";
    WhatYouSend: "What you are sending", "Lo que va a enviar";
    ChangeAnswers: "Change an answer", "Cambiar una respuesta";
    Send: "Send to the clinic", "Enviar a la clínica";
    Minutes: "minutes", "minutos";
    Unit: "Unit", "Unidad";

    // what this means
    UntilSpoken: "Until you have spoken to us", "Hasta que hable con nosotros";
    WhatHelps: "What helps today", "Qué ayuda hoy";
    DoNow: "What to do now", "Qué hacer ahora";
    ChangesShort: "Any sign that is new or worse. If one shows up, tell us at once.", "Cualquier señal nueva o que empeore. Si aparece alguna, avísenos enseguida.";
    EverySign: "All signs, one by one", "Todas las señales, una por una";
    WouldBeEmergency: "What would make this an emergency", "Qué lo convertiría en una emergencia";
    WouldChange: "What would change this", "Qué cambiaría esto";
    WhyWeSay: "Why we say this", "Por qué decimos esto";
    TheseAnswersAlone: "These answers by themselves", "Estas respuestas por sí solas";
    StandsAbove: "This does not take back what stands above.", "Esto no anula lo que figura arriba.";
    FirstTold: "What you were told, word for word", "Lo que se le dijo, palabra por palabra";
    TellAgain: "Tell it once more", "Contarlo otra vez";
    IfCannotWait: "If it cannot wait:", "Si no puede esperar:";
    FromYourAnswers: "From your answers:", "Según sus respuestas:";
    WrongAnswer: "I tapped the wrong answer", "Toqué la respuesta equivocada";
    CouldNotAsk: "We could not ask you everything", "No pudimos preguntarle todo";
    AnswerRest: "Answer these now", "Responder ahora";
    NoLongerFollowsPatient: "Later answers no longer lead here. It stays open until somebody at the clinic has looked.", "Respuestas posteriores ya no llevan a esto. Sigue abierto hasta que alguien de la clínica lo mire.";
    Rule: "Rule", "Regla";
    Source: "source", "fuente";

    // help now
    DoNotWait: "If any sign under Emergency is true, call now. Do not wait and do not drive.", "Si se cumple alguna señal de Emergencia, llame ya. No espere ni conduzca.";
    WhomToCall: "Whom to call", "A quién llamar";
    SignsTitle: "Signs, and what to do", "Señales y qué hacer";
    ForHelpers: "For whoever is helping", "Para quien esté ayudando";

    // invitation
    InvitationTitle: "Your companion for the months ahead", "Su compañía para los próximos meses";
    InvitationText: "has invited you to Lamella.", "le invita a Lamella.";
    InvitationOne: "A check-in of one or two minutes a day", "Un control de uno o dos minutos al día";
    InvitationTwo: "What is allowed today, and what is not yet", "Qué está permitido hoy y qué todavía no";
    InvitationThree: "Whom to call, day and night, even without a network", "A quién llamar, de día y de noche, incluso sin conexión";
    OpenLamella: "This is my phone — open Lamella", "Este es mi teléfono: abrir Lamella";
    InvitationOwnPhone: "It works once. Open it on the phone that only you use.", "Funciona una sola vez. Ábrala en el teléfono que solo usa usted.";
    LostExpired: "This invitation has run out", "Esta invitación ha caducado";
    LostExpiredText: "Invitations hold for a few days only, so that nobody else can use yours later.", "Las invitaciones valen solo unos días, para que nadie más pueda usar la suya después.";
    LostUsed: "This invitation has been used", "Esta invitación ya se ha usado";
    LostUsedText: "Each one works once. If it was not you who used it, please tell the clinic.", "Cada una funciona una sola vez. Si no la usó usted, avise a la clínica, por favor.";
    LostUnknown: "We do not know this invitation", "No conocemos esta invitación";
    LostUnknownText: "Part of the link may be missing. Try to open it again from the message itself.", "Puede que falte parte del enlace. Intente abrirlo de nuevo desde el propio mensaje.";
    LostWayOut: "Call the clinic", "Llame a la clínica";
    LostWayOutText: "They send you a new link, or read it out to you. It takes a minute.", "Le envían un enlace nuevo o se lo dictan. Es cosa de un minuto.";
    LostSignedIn: "Is this the phone you have used before?", "¿Es el teléfono que ya ha usado?";
    GoToToday: "Go to Today", "Ir a Hoy";

    // messages
    NotFound: "This page does not exist", "Esta página no existe";
    NotFoundText: "The link may be old or a letter may be missing. Nothing of yours is lost.", "El enlace puede ser antiguo o puede faltar una letra. No se ha perdido nada suyo.";
    NotAllowed: "You cannot see this page", "No puede ver esta página";
    NotAllowedText: "It belongs to somebody else, or your sign-in does not cover it.", "Es de otra persona o su acceso no la incluye.";
    SignedOut: "This phone is not signed in", "Este teléfono no tiene la sesión abierta";
    SignedOutText: "The clinic can send you a new link. Help now works without signing in.", "La clínica puede enviarle un enlace nuevo. «Ayuda ya» funciona sin sesión.";
    NowSignedOut: "You are signed out", "Ha cerrado la sesión";
    NowSignedOutText: "Nothing of yours is on this phone any more. To come back you need a new link from the clinic. Help now works without signing in.", "Ya no queda nada suyo en este teléfono. Para volver necesita un enlace nuevo de la clínica. «Ayuda ya» funciona sin sesión.";
    FormExpired: "That page had been open too long", "Esa página llevaba demasiado tiempo abierta";
    FormExpiredText: "Nothing was sent. Please go back, look at your answers and send them again.", "No se ha enviado nada. Vuelva atrás, revise sus respuestas y envíelas de nuevo.";
    NotUnderstood: "This could not be read", "Esto no se pudo leer";
    NotUnderstoodText: "Nothing was sent. Please go back, look at your answers and send them again. If anything is new or worse, call.", "No se ha enviado nada. Vuelva atrás, revise sus respuestas y envíelas de nuevo. Si algo es nuevo o ha empeorado, llame.";
    Failed: "Something went wrong on our side", "Algo ha fallado por nuestra parte";
    FailedText: "We could not do what you asked. If you were sending answers, they may not have reached the clinic. If you have one of the signs that Help now lists, call the emergency number now; if anything else is new or worse, call the clinic.", "No pudimos hacer lo que pidió. Si estaba enviando respuestas, puede que no hayan llegado a la clínica. Si tiene alguna de las señales de «Ayuda ya», llame ahora a emergencias; si cualquier otra cosa es nueva o ha empeorado, llame a la clínica.";
    Offline: "This page needs a network", "Esta página necesita conexión";
    OfflineText: "Here are the numbers meanwhile. You can call without the internet.", "Aquí están los números mientras tanto. Para llamar no hace falta internet.";
    NeedSomebody: "Do you need somebody now?", "¿Necesita a alguien ahora?";
    SeeHelpNow: "The signs and every number are on", "Las señales y todos los números están en";
    Reference: "Tell us this if you call:", "Díganos esto si llama:";

    // me
    Me: "Me", "Yo";
    Progress: "Progress", "Progreso";
    Reached: "What you have reached", "Lo que ha alcanzado";
    NothingReachedYet: "This fills as your days pass. The first two weeks are for rest.", "Esto se llena con los días. Las dos primeras semanas son de reposo.";
    FlaresPass: "Most flares settle within days. Tell us if one feels different.", "La mayoría de los brotes se calma en unos días. Díganos si alguno le parece distinto.";
    TemperatureIn: "Temperature in", "Temperatura en";
    Keep: "Keep", "Guardar";
    ThisPhone: "This phone", "Este teléfono";
    SignOutPhone: "Sign this phone out", "Cerrar la sesión en este teléfono";
    SignOutSure: "Sign out now?", "¿Cerrar la sesión ahora?";
    SignOutYes: "Yes, sign out", "Sí, cerrar la sesión";
    SignOutNo: "No, stay signed in", "No, seguir con la sesión";
    SignOutText: "Your answers stay with the clinic. To come back you need a new link from them.", "Sus respuestas se quedan en la clínica. Para volver necesitará un enlace nuevo.";

    // the clinic's frame
    SignIn: "Sign in", "Entrar";
    SignOut: "Sign out", "Salir";
    Login: "Login", "Usuario";
    Password: "Password", "Contraseña";
    Demo: "demo", "demo";
    ForPatients: "Are you a patient? Open the link the clinic sent you. In need of help:", "¿Es paciente? Abra el enlace que le envió la clínica. Si necesita ayuda:";
    Undo: "Undo", "Deshacer";
    Search: "Search", "Buscar";
    SearchPatients: "Name, birth date or phone", "Nombre, nacimiento o teléfono";
    Previous: "Previous", "Anteriores";
    Next: "Next", "Siguientes";
    Pages: "Pages", "Páginas";

    StaffSignedOut: "You are signed out", "Su sesión está cerrada";
    StaffSignedOutText: "Sign in again to go on.", "Entre de nuevo para continuar.";
    StaffNotFoundText: "The link may be old, or the record belongs to another clinic.", "El enlace puede ser antiguo, o la historia es de otra clínica.";
    StaffNotAllowedText: "Your role does not cover this. The attempt is in the audit.", "Su función no lo permite. El intento queda en la auditoría.";
    StaffFormExpiredText: "Nothing was stored. Go back, look at it again and send it once more.", "No se ha guardado nada. Vuelva atrás, revíselo y envíelo otra vez.";
    StaffNotUnderstoodText: "Nothing was stored. Go back, look at it again and send it once more.", "No se ha guardado nada. Vuelva atrás, revíselo y envíelo otra vez.";
    StaffFailedText: "Nothing was stored. Please try again; alerts stay open until somebody resolves them.", "No se ha guardado nada. Inténtelo de nuevo; los avisos siguen abiertos hasta que alguien los resuelva.";

    // worklist
    ToAnswer: "To answer", "Por atender";
    Live: "live", "en vivo";
    NotLive: "as of now", "a esta hora";
    ConnectionLost: "connection lost", "conexión perdida";
    Reload: "reload", "recargar";
    NewInList: "New in the list:", "Nuevo en la lista:";
    NewEmergency: "1 new emergency:", "1 emergencia nueva:";
    NewEmergencies: "{n} new emergencies:", "{n} emergencias nuevas:";
    Dismiss: "Dismiss", "Cerrar";
    KeysNews: "new emergency", "emergencia nueva";
    KeysMove: "move", "mover";
    KeysOpen: "open", "abrir";
    KeysTake: "take", "tomar";
    KeysSwitch: "keys on or off", "activar o quitar teclas";
    NothingFound: "Nothing found", "No hay resultados";
    NothingFoundText: "Try a part of the name, a birth date or a phone number.", "Pruebe con parte del nombre, la fecha de nacimiento o el teléfono.";
    NobodyOnList: "Nobody on this list", "Nadie en esta lista";
    NobodyWaits: "Nobody is waiting", "Nadie espera";
    NobodyWaitsText: "New alerts appear here by themselves.", "Los avisos nuevos aparecen aquí solos.";
    ChooseSomebody: "Choose somebody from the list.", "Elija a alguien de la lista.";
    BackToList: "To answer", "Por atender";
    WholeRecord: "Whole record", "Historia completa";
    BornShort: "b.", "n.";
    Overdue: "overdue: tell on-call", "fuera de plazo: avise a guardia";
    StillHappening: "still happening", "continúa";
    NowOver: "not in the latest answers", "no está en las últimas respuestas";
    NoLongerFollows: "no longer follows", "ya no se deduce";
    CorrectedByPatient: "corrected by the patient", "corregido por el paciente";

    // the person
    TakeIt: "Take it", "Tomar";
    CallMade: "Log a call…", "Anotar llamada…";
    SearchEverybody: "Search all patients", "Buscar entre todos los pacientes";
    WholeList: "Whole list", "Lista completa";
    NotStored: "Your note is not in the record", "Su nota no está en la historia";
    WhatYouWrote: "What you wrote", "Lo que escribió";
    KeepAsNote: "Keep it as a note", "Guardarla como nota";
    Resolve: "Resolve…", "Resolver…";
    WhatCameOfIt: "What came of the call?", "¿Qué resultó de la llamada?";
    NoteOptional: "Note (optional)", "Nota (opcional)";
    NoteRequired: "Note: what you found and agreed", "Nota: qué encontró y acordó";
    WriteDown: "Write it down", "Anotar";
    HowItEnds: "How it ends", "Cómo termina";
    Choose: "Choose…", "Elija…";
    WasItReal: "Was the change real? (optional)", "¿Era real el cambio? (opcional)";
    LeftOpen: "Not answered", "Sin respuesta";
    WasTheChangeReal: "Was the change real?", "¿Era real el cambio?";
    SayItAnew: "Change the answer", "Cambiar la respuesta";
    ClosedCases: "Closed cases of the reading", "Casos cerrados de la lectura";
    ClosedCasesHint: "The last answer counts, for how often the reading is wrong in this clinic. It changes no verdict.", "Cuenta la última respuesta, para saber cuántas veces se equivoca la lectura en esta clínica. No cambia ninguna valoración.";
    SomebodyHasSaid: "Closed, and said", "Cerrados, y dicho";
    NobodyHasSaid: "Closed, and not said whether the change was real", "Cerrados, sin decir si el cambio era real";
    WasItRealHint: "Your answer shows how often the reading is wrong in this clinic. What nobody says is counted as not said.", "Su respuesta muestra cuántas veces se equivoca la lectura en esta clínica. Lo que nadie dice cuenta como no dicho.";
    ResolvesToo: "The same note closes", "La misma nota cierra";
    KnownUntil: "Known finding until (optional)", "Hallazgo conocido hasta (opcional)";
    KnownUntilHint: "Until then the same or milder answers go to the history only. Anything worse comes back at once.", "Hasta entonces las respuestas iguales o más leves van solo a la historia. Cualquier empeoramiento vuelve enseguida.";
    ResolveNow: "Resolve", "Resolver";
    Why: "Why", "Por qué";
    WouldBecome: "Would become", "Pasaría a";
    With: "with", "con";
    NothingOpen: "Nothing is open.", "No hay nada abierto.";
    WhatWasTold: "What the patient was told", "Lo que se le dijo al paciente";
    NotAnswered: "not answered", "sin respuesta";
    NoAnswersYet: "No answers yet.", "Todavía no hay respuestas.";
    ChartInTable: "The numbers stand in the table below.", "Los números están en la tabla de abajo.";
    AsTable: "As a table", "Como tabla";
    DayColumn: "Day", "Día";
    DateColumn: "Date", "Fecha";
    PainColumn: "Pain, 0–10", "Dolor, 0–10";
    LevelColumn: "Level", "Nivel";

    // patients
    Patients: "Patients", "Pacientes";
    NewPatient: "New patient", "Paciente nuevo";
    NoPatientsYet: "No patients yet", "Todavía no hay pacientes";
    NoPatientsYetText: "Add the first one; an invitation for the phone follows at once.", "Añada el primero; enseguida tendrá la invitación para el teléfono.";
    LastCheckIn: "last check-in", "último control";
    Timeline: "What happened", "Qué ha pasado";
    NothingYet: "Nothing yet.", "Nada todavía.";
    AnswersAndWhy: "Answers and why", "Respuestas y por qué";
    Answers: "Answers", "Respuestas";
    Older: "Older", "Anteriores";
    LimitsInForce: "Limits in force", "Límites vigentes";
    NoLimits: "None.", "Ninguno.";
    KnownFindings: "Known findings", "Hallazgos conocidos";
    Pathway: "Pathway", "Protocolo";
    PathwayInForce: "In force", "En vigor";
    ReadingStandsOn: "What the reading stands on", "En qué se basa la lectura";
    NoModel: "This revision names no model that is known here: every reading says that there is too little to read.", "Esta revisión no nombra ningún modelo conocido aquí: toda lectura dice que hay muy poco que leer.";
    ReadingsOwnRate: "This is the reading’s own rate of false alarms. The whole pathway has another; the rehearsal counts it.", "Esta es la tasa de falsas alarmas de la propia lectura. La de todo el protocolo es otra; la cuenta el ensayo.";
    HowOftenWrong: "How often the reading is wrong", "Cuántas veces se equivoca la lectura";
    LastingChange: "Lasting change", "Cambio duradero";
    TheReadingSays: "The reading says", "La lectura dice";
    PossibleChange: "Possible change", "Posible cambio";
    KindsOfCase: "Two kinds of case, by what the reading says: a lasting change, or only a possible one (the reading’s “watch”). Neither is a level: other rules reach the level Watch too, and the figures here leave them out.", "Dos clases de caso, según lo que dice la lectura: un cambio duradero, o solo uno posible (el «vigilar» de la lectura). Ninguna es un nivel: al nivel Vigilar llegan también otras reglas, y las cifras de aquí no las cuentan.";
    WhatCountsAsFalse: "At least: the last word about the case is that the change was not real. At most: nobody has called it real. Intervals: 95 %.", "Al menos: la última palabra sobre el caso es que el cambio no era real. Como mucho: nadie lo ha llamado real. Intervalos: 95 %.";
    Rehearsal: "Rehearsal", "Ensayo";
    RehearsalText: "What this pathway does to invented people: alerts, what is found and how soon, what it costs.", "Qué hace este protocolo con personas inventadas: avisos, qué se encuentra y cuándo, cuánto cuesta.";
    OpenRehearsal: "Open the rehearsal in a new tab", "Abrir el ensayo en otra pestaña";
    NoRehearsal: "No rehearsal has been filed here. Make one, and start the server with it:", "Aquí no hay ninguno. Hágalo y arranque el servidor con él:";
    EndKnown: "End it now", "Terminar ahora";
    WhyEndKnown: "Why it is no longer a known finding", "Por qué ya no es un hallazgo conocido";
    PatientsPhone: "The patient’s phone", "El teléfono del paciente";
    InviteAgain: "Invite again", "Invitar de nuevo";
    PhoneLost: "The phone is lost: sign it out", "El teléfono se ha perdido: cerrar su sesión";
    InviteAgainText: "A new link; an unused older one stops working.", "Un enlace nuevo; el anterior sin usar deja de funcionar.";
    ThePerson: "The person", "La persona";
    TheProcedure: "The procedure", "El procedimiento";
    Name: "Name", "Nombre";
    Born: "Birth date", "Fecha de nacimiento";
    SexOptional: "Sex (optional)", "Sexo (opcional)";
    Phone: "Phone", "Teléfono";
    TimeZone: "Time zone", "Zona horaria";
    ProcedureDate: "Date of the procedure", "Fecha del procedimiento";
    LevelsTreated: "Levels treated", "Niveles tratados";
    BaselinePain: "Typical pain before the procedure, 0–10 (optional)", "Dolor habitual antes del procedimiento, 0–10 (opcional)";
    SaveAndInvite: "Save and make an invitation", "Guardar y crear una invitación";
    LooksLike: "Is this the same person?", "¿Es la misma persona?";
    LooksLikeText: "Same name and birth date; nothing has been stored yet. Open that record, or tick that it is somebody else and save.", "Mismo nombre y fecha de nacimiento; todavía no se ha guardado nada. Abra esa historia, o marque que es otra persona y guarde.";
    AddAnyway: "It is somebody else: add anyway", "Es otra persona: añadir igualmente";
    InvitedTitle: "Hand this over", "Entregue esto";
    InvitedText: "Open the phone’s camera, point it at the code, and open the link.", "Abra la cámara del teléfono, apunte al código y abra el enlace.";
    QrLabel: "QR code of the invitation link below", "Código QR del enlace de invitación de abajo";
    InvitationLink: "Invitation link", "Enlace de invitación";
    Copy: "Copy", "Copiar";
    Copied: "Copied", "Copiado";
    InvitedCall: "Trouble opening it?", "¿No se abre?";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_in_both_languages() {
        for &key in Word::ALL {
            assert!(!word(Lang::En, key).trim().is_empty(), "{key:?} has no English");
            assert!(!word(Lang::Es, key).trim().is_empty(), "{key:?} has no Spanish");
        }
    }
}
