using System.Globalization;
using Bayou.Grains.Metadata.Membership;
using Bayou.Grains.Replication;
using Google.Protobuf;

namespace Bayou.Grains.Metadata;

/// <summary>
/// Orleans' membership table in the metadata group, so that a cluster needs no database. The whole table is one row, whose version
/// is the ETag of everything in it: silos are few, and every change concerns all of them.
/// </summary>
public sealed class MetadataMembershipTable(ReplicaHost host) : IMembershipTable
{
    private const string Key = "orleans/membership";

    /// <summary>Attempts of what must succeed although others write at the same time.</summary>
    private const int MaxAttempts = 20;

    /// <summary>Orleans starts on this table: it waits here until the silo belongs to a cluster.</summary>
    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        await host.ReadyAsync();
        await ChangeAsync(EndEarlierLives);
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
        var (table, version) = await ReadAsync();
        var silo = key.ToParsableString();
        return ToData(table, version, table.Members.Where(member => member.Silo == silo));
    }

    public async Task<MembershipTableData> ReadAll()
    {
        var (table, version) = await ReadAsync();
        return ToData(table, version, table.Members);
    }

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        TryWriteAsync(tableVersion, (table, row) =>
        {
            if (table.Members.Any(member => member.Silo == row.Silo))
            {
                return false;
            }

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

            table.Members[index] = row;
            return true;
        }, entry);

    /// <summary>Touches nothing but the time, and so leaves the table's version alone.</summary>
    public Task UpdateIAmAlive(MembershipEntry entry) => ChangeAsync(table =>
    {
        if (IndexOf(table, entry.SiloAddress.ToParsableString()) is >= 0 and var index)
        {
            table.Members[index].AliveTime = entry.IAmAliveTime.Ticks;
        }
    });

    /// <summary>
    /// A node runs once, or the cluster would not have taken it in: what it was before is dead, and nobody need find out by trying to reach it
    /// for seconds.
    /// </summary>
    private void EndEarlierLives(MembershipRow table)
    {
        foreach (var member in table.Members.Where(member => member.SiloName == host.Name && (SiloStatus)member.Status != SiloStatus.Dead))
        {
            member.Status = (int)SiloStatus.Dead;
            table.Version++;
        }
    }

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

    private static MembershipTableData ToData(MembershipRow table, ulong version, IEnumerable<MemberRow> rows)
    {
        var etag = version.ToString(CultureInfo.InvariantCulture);
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
        var (table, version) = await ReadAsync();
        if (version.ToString(CultureInfo.InvariantCulture) != tableVersion.VersionEtag || !change(table, MembershipCodec.ToRow(entry)))
        {
            return false;
        }

        table.Version = tableVersion.Version;
        return !(await host.Metadata.PutRowAsync(Key, version, table.ToByteArray())).IsConflict;
    }

    private async Task ChangeAsync(Action<MembershipRow> change)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (table, version) = await ReadAsync();
            change(table);
            if (!(await host.Metadata.PutRowAsync(Key, version, table.ToByteArray())).IsConflict)
            {
                return;
            }
        }

        throw new TimeoutException("The membership table was changed by others again and again.");
    }
}
