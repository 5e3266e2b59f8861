/* Witness: what libxmlsec1 says of signed documents, set up as `xmlsec1 --verify --enabled-key-data x509 --trusted-pem <1> --untrusted-pem <2>`
 * with every Id known. One process answers many: it reads documents (length, most significant octet first, then octets) on standard input
 * until the end, and writes one octet for each: v valid, i invalid, m not well-formed, n no Signature, e the signature cannot be processed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/valid.h>
#include <libxslt/xslt.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/parser.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/x509.h>

static void silent(void *context, const char *message, ...) {
  (void) context;
  (void) message;
}

/* The first element with an Id has it; libxml2 takes no second. */
static void know_ids(xmlDocPtr document, xmlNodePtr node) {
  for (; node != NULL; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    xmlAttrPtr id = xmlHasNsProp(node, BAD_CAST "Id", NULL);
    if (id != NULL && id->type == XML_ATTRIBUTE_NODE) {
      xmlChar *value = xmlNodeListGetString(document, id->children, 1);
      if (value != NULL && xmlGetID(document, value) == NULL) xmlAddID(NULL, document, value, id);
      xmlFree(value);
    }
    know_ids(document, node->children);
  }
}

static char verify(xmlSecKeysMngrPtr manager, const char *bytes, uint32_t length) {
  xmlDocPtr document = xmlSecParseMemory((const xmlSecByte *) bytes, length, 0);
  if (document == NULL) return 'm';
  char verdict = 'n';
  xmlNodePtr signature = xmlSecFindNode(xmlDocGetRootElement(document), xmlSecNodeSignature, xmlSecDSigNs);
  if (signature != NULL) {
    know_ids(document, signature->children);
    know_ids(document, document->children);
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(manager);
    if (context == NULL || xmlSecPtrListAdd(&context->keyInfoReadCtx.enabledKeyData, (xmlSecPtr) xmlSecKeyDataX509Id) < 0) exit(2);
    verdict = xmlSecDSigCtxVerify(context, signature) < 0 ? 'e' : context->status == xmlSecDSigStatusSucceeded ? 'v' : 'i';
    xmlSecDSigCtxDestroy(context);
  }
  xmlFreeDoc(document);
  return verdict;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  xmlInitParser();
  xmlSubstituteEntitiesDefault(1);
  xmlSetGenericErrorFunc(NULL, silent);
  if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0) return 2;
  xmlSecErrorsDefaultCallbackEnableOutput(0);
  xmlSecKeysMngrPtr manager = xmlSecKeysMngrCreate();
  if (manager == NULL || xmlSecCryptoAppDefaultKeysMngrInit(manager) < 0) return 2;
  if (xmlSecCryptoAppKeysMngrCertLoad(manager, arguments[1], xmlSecKeyDataFormatPem, xmlSecKeyDataTypeTrusted) < 0) return 2;
  if (xmlSecCryptoAppKeysMngrCertLoad(manager, arguments[2], xmlSecKeyDataFormatPem, xmlSecKeyDataTypeNone) < 0) return 2;
  unsigned char b[4];
  while (fread(b, 1, 4, stdin) == 4) {
    uint32_t length = ((uint32_t) b[0] << 24) | ((uint32_t) b[1] << 16) | ((uint32_t) b[2] << 8) | b[3];
    char *bytes = malloc((size_t) length + 1);
    if (bytes == NULL || fread(bytes, 1, length, stdin) != length) return 2;
    bytes[length] = 0;
    putchar(verify(manager, bytes, length));
    free(bytes);
  }
  xmlSecKeysMngrDestroy(manager);
  return 0;
}
