using System.Globalization;
using Bayou.Grains.Metadata.Membership;
using Bayou.Grains.Replication;
using Bayou.Grains.Replication.Peers;
using Bayou.Storage;
using Google.Protobuf;

namespace Bayou.Grains.Metadata;

/// <summary>
/// Orleans' membership table in the metadata group, so that a cluster needs no database. The whole table is one row, and the table's version
/// is the ETag of everything in it: silos are few, and every change concerns all of them.
/// <para>
/// Who finds the table changed by another tries again after some seconds: that is up to Orleans. So that silos which start together need not, they
/// join one after the other.
/// </para>
/// </summary>
public sealed class MetadataMembershipTable(ReplicaHost host, TimeProvider time) : IMembershipTable
{
    private const string Key = "orleans/membership";

    /// <summary>Attempts of what must succeed although others write at the same time.</summary>
    private const int MaxAttempts = 20;

    /// <summary>To join takes a fraction of this; who takes longer has met with something.</summary>
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(3);

    /// <summary>One whose turn it is may vanish without a word, so it is looked at again and again.</summary>
    private static readonly TimeSpan TurnPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Orleans starts on this table: it waits here until the silo belongs to a cluster.</summary>
    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        await host.ReadyAsync();
        for (var asked = time.GetTimestamp(); !await TryTakeTurnAsync(time.GetElapsedTime(asked) > TurnLimit);)
        {
            await Task.Delay(TurnPause, time);
        }
    }

    public Task DeleteMembershipTableEntries(string clusterId) => ChangeAsync(static table => table.Members.Clear());

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => ChangeAsync(table =>
    {
        for (var i = table.Members.Count - 1; i >= 0; i--)
        {
            var member = table.Members[i];
            if ((SiloStatus)member.Status == SiloStatus.Dead && Math.Max(member.AliveTime, member.StartTime) < beforeDate.UtcTicks)
            {
                table.Members.RemoveAt(i);
            }
        }
    });

    public async Task<MembershipTableData> ReadRow(SiloAddress key)
    {
        var (table, _) = await ReadAsync();
        var silo = key.ToParsableString();
        return ToData(table, table.Members.Where(member => member.Silo == silo));
    }

    public async Task<MembershipTableData> ReadAll()
    {
        var (table, _) = await ReadAsync();
        if (table.Members.Any(IsOver))
        {
            await ChangeAsync(EndEarlierLives);
            (table, _) = await ReadAsync();
        }

        return ToData(table, table.Members);
    }

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        TryWriteAsync(tableVersion, (table, row) =>
        {
            if (table.Members.Any(member => member.Silo == row.Silo))
            {
                return false;
            }

            // Orleans inserts nobody but itself.
            (row.Node, row.Start) = Own;
            table.Members.Add(row);
            return true;
        }, entry);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        TryWriteAsync(tableVersion, (table, row) =>
        {
            if (etag != tableVersion.VersionEtag || IndexOf(table, row.Silo) is not (>= 0 and var index))
            {
                return false;
            }

            row.Node = table.Members[index].Node;
            row.Start = table.Members[index].Start;
            table.Members[index] = row;
            if (IsTurnOver(table))
            {
                table.Joining = null;
            }

            return true;
        }, entry);

    /// <summary>Touches nothing but the time, and so leaves the table's version alone, and nobody's write fails because of it.</summary>
    public Task UpdateIAmAlive(MembershipEntry entry) => ChangeAsync(table =>
    {
        if (IndexOf(table, entry.SiloAddress.ToParsableString()) is >= 0 and var index)
        {
            table.Members[index].AliveTime = entry.IAmAliveTime.Ticks;
        }
    });

    /// <summary>
    /// A node runs once, or the cluster would not have taken it in: once it was heard to have started anew, what it was before is dead, and nobody
    /// need find out by trying to reach it for seconds.
    /// </summary>
    private void EndEarlierLives(MembershipRow table)
    {
        foreach (var member in table.Members.Where(IsOver))
        {
            member.Status = (int)SiloStatus.Dead;
            table.Version++;
        }
    }

    private bool IsOver(MemberRow member) =>
        (SiloStatus)member.Status != SiloStatus.Dead && host.IsOver(new SiloNumber(member.Node), new SiloStart(member.Start));

    private (ulong Node, ulong Start) Own => (host.Life.Silo.Value, host.Life.Start.Value);

    private async Task<bool> TryTakeTurnAsync(bool isLate)
    {
        try
        {
            return await TakeTurnAsync(isLate);
        }
        catch (ReplicaUnavailableException)
        {
            // The cluster has lost its majority or its leader again, as it may at any moment.
            return false;
        }
    }

    private async Task<bool> TakeTurnAsync(bool isLate)
    {
        var isOwn = false;
        await ChangeAsync(table =>
        {
            EndEarlierLives(table);
            var (node, start) = Own;
            if (isLate || table.Joining is not { } other || host.IsOver(new SiloNumber(other.Node), new SiloStart(other.Start)) || host.IsDead(new SiloNumber(other.Node)))
            {
                table.Joining = new Turn { Node = node, Start = start };
            }

            isOwn = table.Joining.Node == node && table.Joining.Start == start;
        });
        return isOwn;
    }

    /// <summary>The silo whose turn it is has got as far as it gets.</summary>
    private static bool IsTurnOver(MembershipRow table) => table.Joining is { } turn && table.Members.Any(member =>
        member.Node == turn.Node && member.Start == turn.Start && (SiloStatus)member.Status is not (SiloStatus.Created or SiloStatus.Joining));

    private static int IndexOf(MembershipRow table, string silo)
    {
        for (var i = 0; i < table.Members.Count; i++)
        {
            if (table.Members[i].Silo == silo)
            {
                return i;
            }
        }

        return -1;
    }

    private static MembershipTableData ToData(MembershipRow table, IEnumerable<MemberRow> rows)
    {
        var etag = EtagOf(table);
        return new MembershipTableData(
            [.. rows.Select(row => Tuple.Create(MembershipCodec.ToEntry(row), etag))],
            new TableVersion(table.Version, etag));
    }

    /// <summary>As of now, not of a moment ago: a silo that acted on an old table would be corrected, but late.</summary>
    private async Task<(MembershipRow Table, ulong Version)> ReadAsync()
    {
        var row = await host.Metadata.ReadRowAsync(Key);
        return row is { } found ? (MembershipRow.Parser.ParseFrom(found.Value.Span), found.Version) : (new MembershipRow(), 0);
    }

    private async Task<bool> TryWriteAsync(TableVersion tableVersion, Func<MembershipRow, MemberRow, bool> change, MembershipEntry entry)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (table, version) = await ReadAsync();
            if (EtagOf(table) != tableVersion.VersionEtag || !change(table, MembershipCodec.ToRow(entry)))
            {
                return false;
            }

            table.Version = tableVersion.Version;
            if (!(await host.Metadata.PutRowAsync(Key, version, table.ToByteArray())).IsConflict)
            {
                return true;
            }
        }

        return false;
    }

    private static string EtagOf(MembershipRow table) => table.Version.ToString(CultureInfo.InvariantCulture);

    private async Task ChangeAsync(Action<MembershipRow> change)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (table, version) = await ReadAsync();
            var before = table.Clone();
            change(table);
            if (table.Equals(before) || !(await host.Metadata.PutRowAsync(Key, version, table.ToByteArray())).IsConflict)
            {
                return;
            }
        }

        throw new TimeoutException("The membership table was changed by others again and again.");
    }
}
