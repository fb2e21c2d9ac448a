import { MariadbEngine } from '../../../adapters/mariadb';
import { CannotVerifyError, TargetMisconfiguredError } from '../../../rotation/errors';
import { Sensitive } from '../../../rotation/sensitive';
import { mariadbHere, startMariadbServer } from '../../support/mariadb-server';
import { describeWith } from '../../support/servers/describe-on';
import { type OwnSqlServer } from '../../support/servers/sql-server';

const engine = new MariadbEngine();

describeWith('MariaDB with --skip-grant-tables', { provision: mariadbHere }, (program) => {
  let server: OwnSqlServer;

  beforeAll(async () => {
    server = await startMariadbServer(program, { 'skip-grant-tables': '' }, []);
  });

  afterAll(async () => {
    await server.stop();
  });

  it('signs anybody in, which proves nothing and changes nothing [§11.32]', async () => {
    const credential = server.credential({ username: 'app', password: 'any' });
    const change = { signInAs: credential, username: 'app', newPassword: new Sensitive('second') };

    expect(await engine.canSignIn(credential)).toBe(true);
    await expect(engine.verifyCredential({ credential })).rejects.toBeInstanceOf(CannotVerifyError);
    await expect(engine.changePassword(change)).rejects.toBeInstanceOf(TargetMisconfiguredError);
    const bySuperuser = engine.changePassword({ ...change, signInAs: server.superuser });
    await expect(bySuperuser).rejects.toBeInstanceOf(TargetMisconfiguredError);
  });
});
