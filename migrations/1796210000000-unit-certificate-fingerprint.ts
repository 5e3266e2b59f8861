// Whose certificate is this? A unit that asks for its feed shows its certificate and nothing else.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UnitCertificateFingerprint1796210000000 implements MigrationInterface {
  readonly name = 'UnitCertificateFingerprint1796210000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX unit_certificate_fingerprint ON unit_certificate (fingerprint)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX unit_certificate_fingerprint');
  }
}
