/* The same program as dots.mjs, on libnats: dots <url>,<url>,... */
#include <nats/nats.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 100000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool acknowledged[MOST], failed[MOST], received[MOST];
static int published, losses;

static void fail(const char *what, natsStatus status)
{
    fprintf(stderr, "%s: %s\n", what, natsStatus_GetText(status));
    exit(1);
}

static void must(const char *what, natsStatus status)
{
    if (status != NATS_OK) fail(what, status);
}

static void on_message(stanConnection *session, stanSubscription *subscription, const char *channel, stanMsg *message, void *closure)
{
    char text[16] = { 0 };
    for (int i = 0; i < stanMsg_GetDataLength(message) && i < 15; i++) text[i] = stanMsg_GetData(message)[i];
    int number = atoi(text);
    pthread_mutex_lock(&lock);
    if (number > 0 && number < MOST) received[number] = true;
    pthread_mutex_unlock(&lock);
    putchar('.');
    fflush(stdout);
    stanMsg_Destroy(message);
}

static void on_ack(const char *guid, const char *error, void *closure)
{
    pthread_mutex_lock(&lock);
    (error ? failed : acknowledged)[(long)closure] = true;
    pthread_mutex_unlock(&lock);
}

static void on_lost(stanConnection *session, const char *error, void *closure)
{
    pthread_mutex_lock(&lock);
    losses++;
    pthread_mutex_unlock(&lock);
    fprintf(stderr, "connection lost: %s\n", error);
}

/* Publishes until somebody writes "stop". */
static void *publish(void *session)
{
    while (true) {
        long number = published + 1;
        char text[16];
        int length = snprintf(text, sizeof text, "%ld", number);
        natsStatus status = stanConnection_PublishAsync(session, "foo", text, length, on_ack, (void *)number);
        pthread_mutex_lock(&lock);
        published++;
        if (status != NATS_OK) failed[number] = true;
        pthread_mutex_unlock(&lock);
        usleep(100 * 1000);
    }
}

static void count(int *acks, int *failures, int *missing)
{
    *acks = *failures = *missing = 0;
    pthread_mutex_lock(&lock);
    for (int i = 1; i <= published; i++) {
        *acks += acknowledged[i];
        *failures += failed[i];
        *missing += acknowledged[i] && !received[i];
    }
    pthread_mutex_unlock(&lock);
}

static void report(void)
{
    int acks, failures, missing;
    for (int attempt = 0; attempt < 500; attempt++) {
        count(&acks, &failures, &missing);
        if (acks + failures >= published && missing == 0) break;
        usleep(100 * 1000);
    }

    printf("\n{\"published\":%d,\"acknowledged\":%d,\"failed\":[", published, acks);
    for (int i = 1, first = 1; i <= published; i++) if (failed[i]) { printf(first ? "%d" : ",%d", i); first = 0; }
    printf("],\"lost\":[");
    for (int i = 0; i < losses; i++) printf(i ? ",\"lost\"" : "\"lost\"");
    printf("],\"missing\":[");
    for (int i = 1, first = 1; i <= published; i++) if (acknowledged[i] && !received[i]) { printf(first ? "%d" : ",%d", i); first = 0; }
    printf("]}\n");
    fflush(stdout);
}

int main(int count_of_arguments, char **arguments)
{
    natsOptions *nats = NULL;
    stanConnOptions *stan = NULL;
    stanSubOptions *all = NULL;
    stanConnection *session = NULL;
    stanSubscription *subscription = NULL;
    pthread_t publisher;
    if (count_of_arguments != 4) return 2;

    must("options", natsOptions_Create(&nats));
    must("servers", natsOptions_SetServers(nats, (const char **)arguments + 1, 3));
    must("reconnects", natsOptions_SetMaxReconnect(nats, -1));
    must("pause", natsOptions_SetReconnectWait(nats, 250));
    must("options", stanConnOptions_Create(&stan));
    must("NATS options", stanConnOptions_SetNATSOptions(stan, nats));
    must("pings", stanConnOptions_SetPings(stan, 1, 3));
    must("handler", stanConnOptions_SetConnectionLostHandler(stan, on_lost, NULL));
    must("connect", stanConnection_Connect(&session, "test", "dots-in-c", stan));
    must("options", stanSubOptions_Create(&all));
    must("start", stanSubOptions_DeliverAllAvailable(all));
    must("subscribe", stanConnection_Subscribe(&subscription, session, "foo", on_message, NULL, all));
    if (pthread_create(&publisher, NULL, publish, session) != 0) return 1;

    char line[16];
    if (fgets(line, sizeof line, stdin) == NULL) return 1;
    pthread_cancel(publisher);
    pthread_join(publisher, NULL);
    report();
    _exit(0);
}
