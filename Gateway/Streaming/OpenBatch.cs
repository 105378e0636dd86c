using System.Buffers.Binary;
using Bayou.Grains.Interfaces.Messages;
using Bayou.Records;

namespace Bayou.Gateway.Streaming;

/// <summary>
/// Publishes to one channel that go in one call: the records, and whom to answer for each. Used again and again.
/// </summary>
internal sealed class OpenBatch
{
    private readonly RecordBatchBuilder _records = new();
    private readonly List<(StreamingConnection Connection, int Count)> _senders = [];
    private byte[] _acks = new byte[256];
    private ReadOnlyMemory<byte> _sent;
    private int _ackBytes;

    public int Count => _records.Count;

    public int Length => _records.Length;

    /// <summary>Publishes in it, be it open or sent.</summary>
    public int PublishCount => _senders.Sum(static sender => sender.Count);

    /// <summary>Set once the call was answered.</summary>
    public PublishResult? Result { get; set; }

    public void Add(StreamingConnection sender, in PubMsg publish, ReadOnlySpan<byte> ackInbox)
    {
        _records.Add(subject: [], publish.ReplyTo, publish.Guid, headers: [], publish.Data);
        AddAck(ackInbox, publish.Guid);
        if (_senders.Count > 0 && _senders[^1].Connection == sender)
        {
            _senders[^1] = (sender, _senders[^1].Count + 1);
        }
        else
        {
            _senders.Add((sender, 1));
        }
    }

    public Memory<byte> Build(ulong origin, ulong number, int ahead)
    {
        var batch = _records.Build(origin, number, (uint)ahead);
        _sent = batch;
        return batch;
    }

    /// <summary>The same batch to be sent again: a copy, since whoever got the first may still use it.</summary>
    public Memory<byte> Rebuild(int ahead)
    {
        Memory<byte> copy = _sent.ToArray();
        RecordBatchStamp.SetAhead(copy, (uint)ahead);
        return copy;
    }

    /// <summary>The next publish to answer, in the order in which they were added.</summary>
    public bool TryTakeAck(ref int position, out ReadOnlySpan<byte> ackInbox, out ReadOnlySpan<byte> guid)
    {
        if (position >= _ackBytes)
        {
            ackInbox = default;
            guid = default;
            return false;
        }

        var rest = _acks.AsSpan(position);
        var inboxLength = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        var guidLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
        ackInbox = rest.Slice(4, inboxLength);
        guid = rest.Slice(4 + inboxLength, guidLength);
        position += 4 + inboxLength + guidLength;
        return true;
    }

    /// <summary>Every publish is answered: tells the connections, and empties the batch.</summary>
    public void Finish()
    {
        foreach (var (connection, count) in _senders)
        {
            connection.OnPublishesCompleted(count);
        }

        _senders.Clear();
        _ackBytes = 0;
        _sent = default;
        Result = null;
    }

    private void AddAck(ReadOnlySpan<byte> ackInbox, ReadOnlySpan<byte> guid)
    {
        var needed = 4 + ackInbox.Length + guid.Length;
        if (_acks.Length - _ackBytes < needed)
        {
            Array.Resize(ref _acks, Math.Max(_ackBytes + needed, _acks.Length * 2));
        }

        var rest = _acks.AsSpan(_ackBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)ackInbox.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[2..], (ushort)guid.Length);
        ackInbox.CopyTo(rest[4..]);
        guid.CopyTo(rest[(4 + ackInbox.Length)..]);
        _ackBytes += needed;
    }
}
