using Bayou.Checker;
using Xunit;

namespace Bayou.Simulation.Tests.Checker;

/// <summary>Histories made by hand, each with what is wrong with it; see <see cref="HistoryText"/> for the notation.</summary>
internal static class BadHistories
{
    private const string Three = "publish a1\npublish a2\npublish a3\n";
    private const string ThreeAcked = Three + "ack a1\nack a2\nack a3\n";
    private const string ThreeStored = ThreeAcked + "replay n1: 1=a1 2=a2 3=a3\n";

    public static TheoryData<string, Anomaly, string> All => new()
    {
        // I1: nothing acknowledged is lost.
        { "the only message is gone", Anomaly.LostEverything, "publish a1\nack a1\nreplay n1:" },
        { "all messages are gone", Anomaly.LostEverything, ThreeAcked + "replay n1:\nreplay n2:" },
        { "the first message is gone", Anomaly.LostPrefix, ThreeAcked + "replay n1: 1=a2 2=a3" },
        { "the first two are gone", Anomaly.LostPrefix, ThreeAcked + "replay n1: 1=a3" },
        { "one in the middle is gone", Anomaly.LostMiddle, ThreeAcked + "replay n1: 1=a1 2=a3" },
        { "the last message is gone", Anomaly.LostPostfix, ThreeAcked + "replay n1: 1=a1 2=a2" },
        { "the last message is gone although its sequence was told", Anomaly.LostPostfix, Three + "ack a1 @1\nack a2 @2\nack a3 @3\nreplay n1: 1=a1 2=a2" },
        { "one of another connection is gone", Anomaly.LostMiddle, "publish a1\nack a1\npublish b1\nack b1\npublish a2\nack a2\nreplay n1: 1=a1 2=a2" },
        { "one of another channel is gone", Anomaly.LostEverything, "publish a1\nack a1\npublish b1 > d\nack b1 > d\nreplay n1: 1=a1\nreplay n1 > d:" },
        { "a second node lacks the end", Anomaly.MissingOnNode, ThreeStored + "replay n2: 1=a1 2=a2" },
        { "a second node lacks everything", Anomaly.MissingOnNode, ThreeStored + "replay n2:" },
        { "a node lacks what was acknowledged after another had been read", Anomaly.MissingOnNode, "publish a1\nack a1\nreplay n1: 1=a1\npublish a2\nack a2\nreplay n2: 1=a1 2=a2\nreplay n1: 1=a1" },
        { "lost behind a trim that does not reach so far", Anomaly.LostPostfix, ThreeAcked + "trim 2\nreplay n1: 2=a2" },
        { "a lost message hides behind a trimmed one", Anomaly.LostMiddle, ThreeAcked + "publish a4\nack a4\ntrim 2\nreplay n1: 2=a2 3=a4" },
        { "gone where nothing had expired", Anomaly.LostEverything, "publish a1\nack a1 @1\npublish a2\nack a2 @2\nlimit 0\nreplay n1: 2-" },
        { "a message that was read is gone", Anomaly.Vanished, "publish a1\npublish a2\nglimpse n1: 1=a1 2=a2\nreplay n1: 1=a1" },
        { "a message that was delivered is gone", Anomaly.Vanished, "publish a1\nsubscribe s1\ndeliver s1 1=a1\nreplay n1:" },

        // I2: nothing comes from nowhere.
        { "a message nobody published", Anomaly.Unexpected, "publish a1\nreplay n1: 1=a2" },
        { "a message of an unknown connection", Anomaly.Unexpected, ThreeStored + "replay n2: 1=a1 2=a2 3=a3 4=z1" },
        { "a message nobody can read", Anomaly.Unexpected, "publish a1\nreplay n1: 1=?" },
        { "a sequence out of all proportion", Anomaly.Unexpected, "publish a1\nsubscribe s1 after 999998\ndeliver s1 999999=a1" },
        { "a refused publish is stored", Anomaly.RefusedAppeared, "publish a1\nrefuse a1\nreplay n1: 1=a1" },
        { "a refused publish is delivered", Anomaly.RefusedAppeared, "publish a1\nrefuse a1\nsubscribe s1\ndeliver s1 1=a1" },
        { "a message of another channel", Anomaly.WrongChannel, "publish a1 > d\nreplay n1: 1=a1" },

        // I3: one message per sequence.
        { "two replays differ at one sequence", Anomaly.InconsistentSequence, "publish a1\npublish b1\nreplay n1: 1=a1 2=b1\nreplay n2: 1=b1 2=a1" },
        { "a delivery differs from the log", Anomaly.InconsistentSequence, "publish a1\npublish b1\nreplay n1: 1=a1 2=b1\nsubscribe s1\ndeliver s1 1=b1" },
        { "two nodes hold different ends", Anomaly.InconsistentSequence, "publish a1\npublish b1\nglimpse n1: 1=a1\nreplay n2: 1=b1" },
        { "two publishes were told one sequence", Anomaly.InconsistentSequence, "publish a1\npublish b1\nack a1 @1\nack b1 @1" },
        { "one bit is not what was published", Anomaly.Corrupted, "publish a1\nack a1\nreplay n1: 1=a1!" },
        { "one node has other bytes", Anomaly.Corrupted, ThreeStored + "replay n2: 1=a1 2=a2! 3=a3" },
        { "a message is not where its ack says", Anomaly.AckMismatch, "publish a1\npublish b1\nack a1 @2\nreplay n1: 1=a1" },
        { "an ack tells another sequence than was read", Anomaly.AckMismatch, "publish a1\nglimpse n1: 1=a1\nack a1 @7" },

        // I4: no gaps, and the beginning moves by retention only.
        { "a replay leaves one out", Anomaly.Gap, ThreeAcked + "glimpse n1: 1=a1 3=a3" },
        { "a replay goes back", Anomaly.NonmonotonicReplay, ThreeAcked + "glimpse n1: 1=a1 2=a2 1=a1" },
        { "a replay shows one twice", Anomaly.NonmonotonicReplay, ThreeAcked + "glimpse n1: 1=a1 1=a1 2=a2" },
        { "what was trimmed is back, and another node was started anew", Anomaly.FirstMovedBack, ThreeAcked + "trim 3\nreplay n1: 3=a3\nrestart n2\nreplay n1: 1=a1 2=a2 3=a3" },
        { "what was trimmed is back", Anomaly.FirstMovedBack, ThreeAcked + "trim 3\nreplay n1: 3=a3\nreplay n1: 1=a1 2=a2 3=a3" },
        { "the beginning is gone without a limit", Anomaly.OverTrimmed, Three + "glimpse n1: 2=a2 3=a3" },
        { "retention takes more than its limit", Anomaly.OverTrimmed, Three + "limit 2\nglimpse n1: 3=a3" },

        // I5: order.
        { "a connection's messages are turned round", Anomaly.Reordered, "publish a1\npublish a2\nreplay n1: 1=a2 2=a1" },
        { "one of many is late", Anomaly.Reordered, Three + "publish b1\nreplay n1: 1=a1 2=a3 3=b1 4=a2" },
        { "stored before what was acknowledged before it began", Anomaly.RealTimeReordered, "publish a1\nack a1\npublish b1\nreplay n1: 1=b1 2=a1" },
        { "told a lower sequence than an earlier ack", Anomaly.RealTimeReordered, "publish a1\nack a1 @2\npublish b1\nack b1 @1" },

        // I6, I8: delivery.
        { "a message is left out", Anomaly.Skipped, ThreeStored + "subscribe s1\ndeliver s1 1=a1\ndeliver s1 3=a3" },
        { "the first message is left out", Anomaly.Skipped, ThreeStored + "subscribe s1\ndeliver s1 2=a2" },
        { "a resumed durable leaves one out", Anomaly.Skipped, ThreeStored + "subscribe s1 after 1\ndeliver s1 3=a3" },
        { "more is left out than was dropped", Anomaly.Skipped, ThreeStored + "drop 2\nsubscribe s1\ndeliver s1 3=a3" },
        { "what was not dropped never comes", Anomaly.NeverDelivered, ThreeStored + "subscribe s1\ndrop 3\ndrained s1" },
        { "what is only said to be dropped is gone from a replay", Anomaly.OverTrimmed, Three + "drop 2\nglimpse n1: 2=a2 3=a3" },
        { "the last message never comes", Anomaly.NeverDelivered, ThreeStored + "subscribe s1\ndeliver s1 1=a1\nconsume s1 1\ndeliver s1 2=a2\nconsume s1 2\ndrained s1" },
        { "nobody of a group gets one", Anomaly.NeverDelivered, ThreeStored + "subscribe s1 group\ndeliver s1/1 1=a1\ndeliver s1/2 3=a3\nconsume s1 1\nconsume s1 3\ndrained s1" },
        { "an unacknowledged message is forgotten", Anomaly.NotRedelivered, "publish a1\nack a1\nsubscribe s1\ndeliver s1 1=a1\ndrained s1" },
        { "one of several is forgotten", Anomaly.NotRedelivered, ThreeStored + "subscribe s1\ndeliver s1 1=a1\ndeliver s1 2=a2\ndeliver s1 3=a3\nconsume s1 1\nconsume s1 3\ndrained s1" },
        { "a message comes twice as new", Anomaly.RedeliveryUnflagged, ThreeStored + "subscribe s1\ndeliver s1 1=a1\ndeliver s1 1=a1" },
        { "another member gets it as new", Anomaly.RedeliveryUnflagged, ThreeStored + "subscribe s1 group\ndeliver s1/1 1=a1\ndeliver s1/2 1=a1" },
        { "a member gets it as new after it had it", Anomaly.RedeliveryUnflagged, ThreeStored + "subscribe s1 group\nredeliver s1/1 1=a1\ndeliver s1/1 1=a1" },
        { "as new to two, though flagged to a third before", Anomaly.RedeliveryUnflagged, ThreeStored + "subscribe s1 group\nredeliver s1/3 1=a1\ndeliver s1/1 1=a1\ndeliver s1/2 1=a1" },
        { "a new message after a later one", Anomaly.NonmonotonicDelivery, ThreeStored + "subscribe s1 group\ndeliver s1/1 3=a3\ndeliver s1/1 1=a1" },
        { "a message before the start", Anomaly.BeforeStart, ThreeStored + "subscribe s1 after 2\ndeliver s1 2=a2" },

        // I7: once.
        { "an internal retry is stored twice", Anomaly.Duplicate, "publish a1\nack a1\nreplay n1: 1=a1 2=a1" },
        { "the copy comes later", Anomaly.Duplicate, ThreeAcked + "replay n1: 1=a1 2=a2 3=a3 4=a1" },
        { "a delivery under another sequence", Anomaly.Duplicate, ThreeStored + "subscribe s1 after 3\ndeliver s1 4=a1" },

        // I9, I10: afterwards.
        { "replicas differ", Anomaly.Diverged, "publish a1\ndigest n1 7 1\ndigest n2 7 2" },
        { "a replica differs from its former self", Anomaly.Diverged, "publish a1\ndigest n1 7 1\ndigest n1 9 5\ndigest n1 7 2" },
        { "a replica stays behind", Anomaly.NotConverged, "publish a1\nheal 10\naccept 11\nsettle n1 7 12\nsettle n2 6 12" },
        { "a replica takes too long", Anomaly.NotConverged, "publish a1\nheal 10\naccept 11\nsettle n1 7 12\nsettle n2 7 71" },
        { "a channel takes nothing", Anomaly.Unavailable, "publish a1\nheal 10" },
        { "a channel takes too long", Anomaly.Unavailable, "publish a1\nheal 10\naccept 21" },
        { "only another channel is back", Anomaly.Unavailable, "publish a1\npublish b1 > d\nheal 10\naccept 11" },
    };
}
