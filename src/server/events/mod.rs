//! Events, posted to those who listen: to each in order, again until it takes them, and to none at
//! the cost of another. What is to be posted stands in the store; here is one task a listener, which
//! holds one event at a time.

mod lookup;
mod pause;
mod post;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::select;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::api::Api;
use crate::api::events::{Delivery, Due};
use crate::store::error::WriteError;
use post::Client;

/// Posts whatever waits, and what will, until it is dropped with its runtime.
pub async fn deliver(api: Arc<Api>) {
    let client = Arc::new(Client::new(api.callbacks()));
    let mut tasks: HashMap<u64, JoinHandle<()>> = HashMap::new();
    let mut bell = api.bell();
    let (mut failures, mut last) = (0, 0);
    loop {
        bell.borrow_and_update();
        tasks.retain(|_, task| !task.is_finished());
        // Where the store fails, whoever asks is told; it is tried again.
        let Ok((listeners, era)) = api.listeners() else {
            failures += 1;
            sleep(pause::after(failures)).await;
            continue;
        };
        failures = 0;
        // The store was taken back: nobody waits on account of what failed since.
        if std::mem::replace(&mut last, era) != era {
            tasks.drain().for_each(|(_, task)| task.abort());
        }
        for listener in listeners {
            tasks
                .entry(listener)
                .or_insert_with(|| tokio::spawn(serve(api.clone(), client.clone(), listener)));
        }
        if bell.changed().await.is_err() {
            return;
        }
    }
}

/// Posts what one listener is to get, for as long as there is the listener.
async fn serve(api: Arc<Api>, client: Arc<Client>, listener: u64) {
    let mut bell = api.bell();
    // One after the other, whatever failed.
    let mut failures = 0;
    loop {
        bell.borrow_and_update();
        let done = match api.due(listener) {
            Ok(Due::Gone) => return,
            Ok(Due::Nothing) => {
                failures = 0;
                if bell.changed().await.is_err() {
                    return;
                }
                continue;
            }
            Ok(Due::TooOld(reason)) => api.give_up(listener, reason).await.is_ok(),
            Ok(Due::Delivery(delivery)) => post(&api, &client, listener, delivery).await,
            Err(_) => false,
        };
        if done {
            failures = 0;
            continue;
        }
        failures += 1;
        select! {
            () = sleep(pause::after(failures)) => {}
            () = gone(&api, listener, &mut bell) => return,
        }
    }
}

/// Posts an event and takes note of how that went; whether it was taken is the answer.
async fn post(api: &Api, client: &Client, listener: u64, delivery: Delivery) -> bool {
    let Delivery { event, callback, body } = delivery;
    if let Err(reason) = client.post(&callback, body).await {
        api.note_failed(listener, event, reason);
        return false;
    }
    let mut failures = 0;
    loop {
        match api.note_delivered(listener, event).await {
            Ok(()) => return true,
            Err(WriteError::Closed | WriteError::ReadOnly | WriteError::Refused(_)) => {
                return false;
            }
            // It is not posted again for that.
            Err(_) => failures += 1,
        }
        sleep(pause::after(failures)).await;
    }
}

/// Waits until there is no such listener any more.
async fn gone(api: &Api, listener: u64, bell: &mut watch::Receiver<()>) {
    while bell.changed().await.is_ok() {
        if api.is_listening(listener).is_ok_and(|is_listening| !is_listening) {
            return;
        }
    }
    // Nothing will ring any more.
    std::future::pending().await
}
