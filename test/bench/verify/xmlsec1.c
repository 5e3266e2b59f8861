/* libxmlsec1 as a contestant of bench:verify: parse, find the Signature, verify it with the key of the given certificate. The key is made
   ready once and only duplicated for each verification. Answers the lines that serve.ts describes and measures inside itself. */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <xmlsec/app.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/keys.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

static char *document;
static size_t size;

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static void ignore(void *context, const char *format, ...) {
  (void)context;
  (void)format;
}

/* The public key alone: a duplicate would otherwise copy the certificate too. */
static xmlSecKeyPtr read_key(const char *path) {
  xmlSecKeyPtr whole = xmlSecCryptoAppKeyLoad(path, xmlSecKeyDataFormatCertPem, NULL, NULL, NULL);
  xmlSecKeyPtr key = xmlSecKeyCreate();
  if (whole == NULL || key == NULL) fail("no key");
  if (xmlSecKeySetValue(key, xmlSecKeyDataDuplicate(xmlSecKeyGetValue(whole))) < 0) fail("no key value");
  xmlSecKeyDestroy(whole);
  return key;
}

static void load(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail("cannot open the document");
  fseek(file, 0, SEEK_END);
  size = (size_t)ftell(file);
  rewind(file);
  free(document);
  document = malloc(size);
  if (document == NULL || fread(document, 1, size, file) != size) fail("cannot read the document");
  fclose(file);
}

static int verify_once(xmlSecKeyPtr key) {
  int valid = 0;
  xmlDocPtr tree = xmlReadMemory(document, (int)size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
  if (tree == NULL) return 0;
  xmlNodePtr signature = xmlSecFindNode(xmlDocGetRootElement(tree), xmlSecNodeSignature, xmlSecDSigNs);
  xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
  if (signature != NULL && context != NULL) {
    context->signKey = xmlSecKeyDuplicate(key);
    valid = xmlSecDSigCtxVerify(context, signature) == 0 && context->status == xmlSecDSigStatusSucceeded;
  }
  if (context != NULL) xmlSecDSigCtxDestroy(context);
  xmlFreeDoc(tree);
  return valid;
}

static long long now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void verify_many(xmlSecKeyPtr key, long times) {
  int valid = 1;
  long long start = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  for (long left = times; left > 0; left -= 1) valid &= verify_once(key);
  printf("%s\t%lld\t%lld\t\n", valid ? "valid" : "invalid", now(CLOCK_MONOTONIC) - start, now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}

int main(int count, char **arguments) {
  char line[4096];
  if (count != 2) fail("usage: xmlsec1 <certificate>");
  LIBXML_TEST_VERSION
  xmlSetGenericErrorFunc(NULL, ignore);
  if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0) fail("xmlsec does not start");
  xmlSecErrorsDefaultCallbackEnableOutput(0);
  xmlSecKeyPtr key = read_key(arguments[1]);
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = 0;
    char *argument = strchr(line, '\t');
    if (argument != NULL) *argument++ = 0;
    if (strcmp(line, "about") == 0) printf("libxmlsec1 %s, libxml2 %s\n", XMLSEC_VERSION, LIBXML_DOTTED_VERSION);
    else if (strcmp(line, "load") == 0 && argument != NULL) load(argument), puts("loaded");
    else if (strcmp(line, "verify") == 0 && argument != NULL) verify_many(key, atol(argument));
    else if (strcmp(line, "collect") == 0) malloc_trim(0), puts("collected");
    else puts("unknown");
    fflush(stdout);
  }
  return 0;
}
