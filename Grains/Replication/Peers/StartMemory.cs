using Bayou.Storage;

namespace Bayou.Grains.Replication.Peers;

/// <summary>
/// The starts that this silo's data directory has been through. Others remember the newest start that they heard of, in the metadata and
/// as long as they run, and say it in every frame. A directory that does not know it is an earlier state of the one that they have heard, or a
/// copy that went another way: it lacks what was acknowledged since, and must take part in nothing. The number of starts alone would not do, since
/// one that is started often enough, as by a supervisor, has had more than any other.
/// <para>
/// What nobody can tell is a copy made since the newest start that anybody remembers: it may as well have been stopped then. That is a copy made
/// since the silo was started last; or one from the start before, if everything lost its power when the last one had been heard and
/// the metadata had not noted it, which takes its leader one round. A leader that goes on finds out all the same: it knows the log to have been longer.
/// </para>
/// </summary>
/// <param name="starts">The latest first, the present one among them. A directory remembers some hundreds.</param>
internal sealed class StartMemory(IReadOnlyList<SiloStart> starts)
{
    private ulong _noted;

    public SiloStart Present => starts[0];

    /// <summary>Whether the directory has been through a start that somebody else knows; none is no claim. Any thread.</summary>
    public bool Remembers(SiloStart start) => start.Epoch <= Volatile.Read(ref _noted) || starts.Contains(start);

    /// <summary>
    /// What the metadata on this silo has noted of it. Older starts need not be remembered from here on: this one came after them. False if
    /// the directory has not been through it.
    /// </summary>
    public bool TryNote(SiloStart noted)
    {
        if (!starts.Contains(noted) && !starts[^1].IsNewerThan(noted))
        {
            return false;
        }

        Volatile.Write(ref _noted, Math.Max(_noted, noted.Epoch));
        return true;
    }
}
