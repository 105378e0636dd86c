using Bayou.Import.Encryption;
using Bayou.Import.Files;
using Bayou.Import.Wire;

namespace Bayou.Import;

/// <summary>A channel of the store.</summary>
public sealed class SourceChannel
{
    private readonly StoreFolder _folder;
    private readonly ReadOnlyMemory<byte> _key;
    private readonly EncryptionTally _tally;
    private readonly IReadOnlyList<ChannelMessage> _later;
    private readonly bool _hasFiles;

    internal SourceChannel(
        string name, StoreFolder folder, bool hasFiles, ReadOnlyMemory<byte> key, EncryptionTally tally,
        IReadOnlyList<SourceSubscription> subscriptions, IReadOnlyList<ChannelMessage> later)
    {
        Name = name;
        Subscriptions = subscriptions;
        _folder = folder;
        _hasFiles = hasFiles;
        _key = key;
        _tally = tally;
        _later = later;
    }

    public string Name { get; }

    public IReadOnlyList<SourceSubscription> Subscriptions { get; }

    /// <summary>
    /// The messages in order, read from the files each time. Where sequences are missing the store has no message; what cannot be read
    /// is reported.
    /// </summary>
    public IEnumerable<SourceMessage> ReadMessages(Action<Damage> report)
    {
        using var cipher = _key.IsEmpty ? PayloadCipher.None() : PayloadCipher.ForChannel(_key.Span, Name);
        var last = 0UL;
        foreach (var slice in _hasFiles ? _folder.SlicesOf(Name) : [])
        {
            foreach (var message in ReadSlice(slice, last, cipher, report))
            {
                yield return message;
                last = message.Sequence;
            }
        }

        // The Raft log was durable before the files were.
        foreach (var message in _later.Where(message => message.Sequence > last))
        {
            yield return new SourceMessage(message.Sequence, message.Timestamp, message.Reply.Memory, message.Data.Memory);
        }
    }

    private IEnumerable<SourceMessage> ReadSlice(string slice, ulong last, PayloadCipher cipher, Action<Damage> report)
    {
        var index = _folder.IndexOf(slice);
        using var reader = _folder.Open(slice, isTyped: false, report, index);
        while (reader.TryRead(out var record))
        {
            if (StoreFolder.Parse(MsgProto.Parser, slice, record, report) is not { } message)
            {
                continue;
            }

            if (message.Sequence <= last)
            {
                report(new Damage(slice, record.Offset, $"message {message.Sequence} stands behind message {last}"));
            }
            else if (!TryOpen(message, cipher, out var data))
            {
                report(new Damage(slice, record.Offset, $"message {message.Sequence} is encrypted, and the key does not open it"));
            }
            else
            {
                last = message.Sequence;
                yield return new SourceMessage(message.Sequence, message.Timestamp, message.Reply.Memory, data);
            }
        }

        if (!reader.IsDamaged && index is not null && index.End > reader.Length)
        {
            report(new Damage(slice, reader.Length, $"the file ends here, and its index knows of messages up to {index.LastSequence}"));
        }
    }

    /// <summary>What was stored before encryption was switched on is not encrypted, even if its first byte looks like it.</summary>
    private bool TryOpen(MsgProto message, PayloadCipher cipher, out ReadOnlyMemory<byte> data)
    {
        data = message.Data.Memory;
        if (cipher.TryOpen(data.Span, out var opened))
        {
            _tally.Opened++;
            data = opened;
            return true;
        }

        var isSealed = PayloadCipher.IsSealed(data.Span, message.Sequence);
        _tally.Closed += isSealed ? 1 : 0;
        return !isSealed || _key.IsEmpty;
    }
}
