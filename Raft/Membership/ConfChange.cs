using System.Buffers.Binary;

namespace Bayou.Raft.Membership;

/// <summary>
/// A change of a group's members. A change of one voter may be applied at once, since every old majority then meets every new one.
/// Anything larger goes through a joint configuration in which both the old and the new majority must agree.
/// </summary>
public sealed record ConfChange
{
    private const byte FormatVersion = 1;
    private const int HeaderBytes = 4;
    private const int StepBytes = 9;

    /// <summary>Leaves a joint configuration.</summary>
    public static readonly ConfChange LeaveJoint = new();

    /// <summary>Whether a joint configuration is used.</summary>
    public ConfChangeTransition Transition { get; init; }

    /// <summary>The steps, taken in order; none leaves a joint configuration.</summary>
    public IReadOnlyList<ConfChangeStep> Steps { get; init; } = [];

    /// <summary>Passed on to whoever applies the change.</summary>
    public ReadOnlyMemory<byte> Context { get; init; }

    /// <summary>Whether the change leaves a joint configuration.</summary>
    public bool LeavesJoint => Transition == ConfChangeTransition.Auto && Steps.Count == 0;

    /// <summary>Whether the change enters a joint configuration.</summary>
    public bool EntersJoint => Transition != ConfChangeTransition.Auto || Steps.Count > 1;

    /// <summary>Whether the joint configuration that it enters is left automatically.</summary>
    public bool IsLeftAutomatically => Transition != ConfChangeTransition.JointExplicit;

    /// <summary>A change of one replica.</summary>
    public static ConfChange Of(ConfChangeKind kind, ulong replica) => new() { Steps = [new ConfChangeStep(kind, replica)] };

    /// <summary>
    /// The bytes of an entry: version, transition, number of steps (u16), the steps (kind, u64 replica), then the context.
    /// Numbers are little endian. Leaving a joint configuration without a context is no bytes at all.
    /// </summary>
    public byte[] Encode()
    {
        if (LeavesJoint && Context.IsEmpty)
        {
            return [];
        }

        var bytes = new byte[HeaderBytes + (StepBytes * Steps.Count) + Context.Length];
        bytes[0] = FormatVersion;
        bytes[1] = (byte)Transition;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), checked((ushort)Steps.Count));
        var rest = bytes.AsSpan(HeaderBytes);
        foreach (var step in Steps)
        {
            rest[0] = (byte)step.Kind;
            BinaryPrimitives.WriteUInt64LittleEndian(rest[1..], step.Replica);
            rest = rest[StepBytes..];
        }

        Context.Span.CopyTo(rest);
        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are not a membership change.</exception>
    public static ConfChange Decode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return LeaveJoint;
        }

        var span = bytes.Span;
        if (span.Length < HeaderBytes || span[0] != FormatVersion || span[1] > (byte)ConfChangeTransition.JointExplicit)
        {
            throw new FormatException("Not a membership change of a known version.");
        }

        var steps = new ConfChangeStep[BinaryPrimitives.ReadUInt16LittleEndian(span[2..])];
        var contextStart = HeaderBytes + (StepBytes * steps.Length);
        if (span.Length < contextStart)
        {
            throw new FormatException("A membership change ends before its last step.");
        }

        for (var i = 0; i < steps.Length; i++)
        {
            var step = span[(HeaderBytes + (StepBytes * i))..];
            if (step[0] > (byte)ConfChangeKind.AddLearner)
            {
                throw new FormatException("A membership change has a step of an unknown kind.");
            }

            steps[i] = new ConfChangeStep((ConfChangeKind)step[0], BinaryPrimitives.ReadUInt64LittleEndian(step[1..]));
        }

        return new ConfChange { Transition = (ConfChangeTransition)span[1], Steps = steps, Context = bytes[contextStart..] };
    }

    /// <inheritdoc />
    public bool Equals(ConfChange? other) =>
        other is not null
        && Transition == other.Transition
        && Steps.SequenceEqual(other.Steps)
        && Context.Span.SequenceEqual(other.Context.Span);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Transition, Steps.Count, Context.Length);
}
