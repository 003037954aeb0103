//! When the files in sight are judged, and what of it is published.
//!
//! One thread does it, so at most one analysis is on its way. It looks at the newest texts when it
//! starts, and again when it is done: if anything has changed meanwhile, nothing of the result is
//! published, and the newest texts are next. So a burst of changes costs one analysis more, no
//! timer delays a single one, and nothing older is ever published after something newer.
//!
//! Who asks for the fixes of a document gets those of its text when it was asked. What is known of a
//! place is told of the newest text only: who has changed it since has left the place. What a text is
//! when it is fixed is found by judging it again and again; it is kept until anything changes, since
//! editors ask for the same actions at every move of the cursor.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use rules::{Hover, RuleId};
use tower_lsp::ls_types::MessageType;

use super::desk::{Answer, Asked, Documents, Next, Open, Question, Reply, Work};
use super::guard::Panicked;
use super::outbox::Outbox;
use super::outcome::Outcome;
use super::paths::path_of;
use super::session::Session;
use super::shown::Shown;
use super::world::World;

/// Starts the analysis of a session; it ends with the session.
pub(super) fn start(session: Arc<Session>) -> io::Result<()> {
    let analysis = Analysis {
        world: World::new(session.analyse, Arc::clone(&session.files)),
        session,
        shown: Shown::default(),
        done: 0,
        last: None,
        held: None,
        fixed: Vec::new(),
    };
    thread::Builder::new()
        .name("analysis".to_owned())
        .stack_size(super::STACK)
        .spawn(move || analysis.run())?;
    Ok(())
}

struct Analysis {
    session: Arc<Session>,
    world: World,
    shown: Shown,
    /// The revision that was looked at last.
    done: u64,
    /// What was found last, for whatever texts that was.
    last: Option<Arc<Outcome>>,
    /// What was found at that revision, while it has to wait before it is published.
    held: Option<Arc<Outcome>>,
    /// What documents are when they are fixed, as they are at that revision.
    fixed: Vec<Fixed>,
}

/// What a document is when it is fixed.
struct Fixed {
    document: Open,
    rule: Option<RuleId>,
    text: Option<String>,
}

impl Analysis {
    fn run(mut self) {
        loop {
            let next = self.session.desk.next(self.done, self.held.is_some());
            let done = catch_unwind(AssertUnwindSafe(|| match next {
                Next::Work(work) => {
                    self.work(work);
                    true
                }
                Next::Release => {
                    if let Some(held) = self.held.take() {
                        self.publish(held);
                    }
                    true
                }
                Next::End => false,
            }));
            match done {
                Ok(true) => {}
                Ok(false) => return,
                Err(payload) => self.report(&Panicked::from(payload).0),
            }
        }
    }

    fn work(&mut self, work: Work) {
        let is_new = work.revision != self.done;
        self.done = work.revision;
        for news in work.news {
            self.world.learn(news);
        }
        let mut questions = work.questions;
        self.answer_known(&mut questions);
        if is_new {
            self.held = None;
            self.fixed.clear();
            // What is of earlier versions goes when nobody waits any more.
            let earlier = self.last.take();
            match self.judge(&work.documents) {
                Ok(outcome) => {
                    let outcome = Arc::new(outcome);
                    self.last = Some(Arc::clone(&outcome));
                    self.publish(outcome);
                }
                // What was published before stays: it is the best that is known.
                Err(panicked) => self.report(&panicked.0),
            }
            drop(earlier);
            self.world.forget_earlier();
            for document in work.documents.values() {
                document.snapshot.forget_earlier();
            }
        }
        for question in questions {
            self.answer(question, &work.documents);
        }
    }

    /// Answers what is asked about documents that are as they were when they were judged last.
    fn answer_known(&self, questions: &mut Vec<Question>) {
        if let Some(last) = &self.last {
            let known = |question: &mut Question| {
                matches!(question.asked, Asked::Findings(_))
                    && last.path_of(&question.document).is_some()
            };
            for question in questions.extract_if(.., known) {
                if let Asked::Findings(asked) = question.asked {
                    reply(asked, Ok(Arc::clone(last)));
                }
            }
        }
    }

    /// Answers what is asked about a document, which may have changed since.
    fn answer(&mut self, question: Question, documents: &Documents) {
        if question.is_closed() {
            return;
        }
        let Question {
            path,
            document,
            asked,
        } = question;
        match asked {
            Asked::Findings(asked) => reply(asked, self.findings_of(&path, document, documents)),
            Asked::Hover(offset, asked) => {
                let is_newest = documents.get(&path).is_some_and(|it| it.is(&document));
                let hover = if is_newest {
                    self.hover(&path, document, offset, documents)
                } else {
                    Ok(None)
                };
                reply(asked, hover);
            }
            Asked::Fixed(rule, asked) => {
                reply(asked, self.fixed(&path, document, rule, documents));
            }
        }
    }

    /// What is found with a document as it was.
    fn findings_of(
        &mut self,
        path: &Path,
        document: Open,
        documents: &Documents,
    ) -> Answer<Arc<Outcome>> {
        if let Some(last) = &self.last
            && last.path_of(&document).is_some()
        {
            return Ok(Arc::clone(last));
        }
        let mut documents = documents.clone();
        documents.insert(path.to_owned(), document);
        let answer = self.judge(&documents).map(Arc::new);
        match &answer {
            Ok(outcome) => self.last = Some(Arc::clone(outcome)),
            Err(panicked) => self.report(&panicked.0),
        }
        answer
    }

    fn hover(
        &mut self,
        path: &Path,
        document: Open,
        offset: u32,
        documents: &Documents,
    ) -> Answer<Option<Hover>> {
        self.findings_of(path, document, documents)?;
        let hover = self.world.hover(path, offset);
        if let Err(panicked) = &hover {
            self.report(&panicked.0);
        }
        hover
    }

    /// A document as it was, with its safe fixes made.
    fn fixed(
        &mut self,
        path: &Path,
        document: Open,
        rule: Option<RuleId>,
        documents: &Documents,
    ) -> Answer<Option<String>> {
        let is_it = |it: &&Fixed| it.rule == rule && it.document.is(&document);
        if let Some(known) = self.fixed.iter().find(is_it) {
            return Ok(known.text.clone());
        }
        let mut documents = documents.clone();
        documents.insert(path.to_owned(), document.clone());
        let Session { outbox, desk, .. } = &*self.session;
        let tell = |failure: &str| report(outbox, failure);
        // Nobody wants to know any more, and the findings of the newer text wait.
        let name = path_of(&document.uri);
        let is_left = || !desk.document(&name).is_some_and(|now| now.is(&document));
        let answer = self.world.fixed(path, rule, &documents, tell, is_left);
        match &answer {
            Ok(None) if is_left() => {}
            Ok(text) => self.fixed.push(Fixed {
                document,
                rule,
                text: text.clone(),
            }),
            Err(panicked) => self.report(&panicked.0),
        }
        answer
    }

    fn publish(&mut self, outcome: Arc<Outcome>) {
        let update = self.shown.compare(&outcome, self.session.client());
        let (shown, outbox) = (&mut self.shown, &self.session.outbox);
        let has_to_wait = self.session.desk.publish(self.done, || {
            shown.apply(update, |params| outbox.publish(params));
        });
        if has_to_wait {
            self.held = Some(outcome);
        }
    }

    fn judge(&mut self, documents: &Documents) -> Result<Outcome, Panicked> {
        let outbox = &self.session.outbox;
        self.world
            .judge(documents, |failure| report(outbox, failure))
    }

    fn report(&self, failure: &str) {
        report(&self.session.outbox, failure);
    }
}

/// Tells that an analysis failed by a bug.
fn report(outbox: &Outbox, failure: &str) {
    let message = format!("the analysis failed by a bug: {failure}");
    outbox.report(MessageType::ERROR, &message);
}

/// Who asked may have gone.
fn reply<T>(asked: Reply<T>, answer: Answer<T>) {
    drop(asked.send(answer));
}
