/* Witness: what libxml2 says of documents. One process answers many: it reads requests on standard input until the end and writes one
 * answer for each on standard output, in order. Numbers are 32 bits, most significant octet first.
 * Request: length, document, number of forms, then for each form: mode (0 inclusive 1.0, 1 exclusive, 2 inclusive 1.1), comments (0, 1),
 * apex and removed element (their number in document order, or NOTHING), length, PrefixList.
 * Answer: number of the first error that makes the document not well-formed (0: none), then for each form: length, octets (or NOTHING). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#define NOTHING 0xffffffffu

static void read_all(void *into, size_t length) {
  if (fread(into, 1, length, stdin) != length) exit(2);
}

static uint32_t number_from(const unsigned char *b) {
  return ((uint32_t) b[0] << 24) | ((uint32_t) b[1] << 16) | ((uint32_t) b[2] << 8) | b[3];
}

static uint32_t read_number(void) {
  unsigned char b[4];
  read_all(b, 4);
  return number_from(b);
}

static char *read_block(uint32_t *length) {
  *length = read_number();
  char *block = malloc((size_t) *length + 1);
  if (block == NULL) exit(2);
  read_all(block, *length);
  block[*length] = 0;
  return block;
}

static void write_number(uint32_t n) {
  unsigned char b[4] = { n >> 24, n >> 16, n >> 8, n };
  fwrite(b, 1, 4, stdout);
}

/* The first error that is more than a warning, validity (there is no DTD) left out: of well-formedness or of namespaces.
 * A namespace name that is no URI reference, or an xml:id that is no name, is an error by other rules and makes nothing ill-formed. */
static uint32_t first_error;

static void note_error(void *context, xmlErrorPtr error) {
  (void) context;
  if (error->level < XML_ERR_ERROR || error->domain == XML_FROM_VALID || error->domain == XML_FROM_C14N) return;
  if (error->code == XML_DTD_XMLID_VALUE || error->code == XML_WAR_NS_URI || error->code == XML_WAR_NS_URI_RELATIVE) return;
  if (first_error == 0) first_error = (uint32_t) error->code;
}

static xmlNodePtr nth_element(xmlNodePtr node, uint32_t *left) {
  for (; node != NULL; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    if (*left == 0) return node;
    *left -= 1;
    xmlNodePtr found = nth_element(node->children, left);
    if (found != NULL) return found;
  }
  return NULL;
}

static xmlNodePtr element_at(xmlDocPtr document, uint32_t index) {
  return index == NOTHING ? NULL : nth_element(document->children, &index);
}

struct subset { xmlNodePtr apex, removed; };

static int is_visible(void *data, xmlNodePtr node, xmlNodePtr parent) {
  const struct subset *subset = data;
  int inside = subset->apex == NULL;
  xmlNodePtr at = node->type == XML_NAMESPACE_DECL || node->type == XML_ATTRIBUTE_NODE ? parent : node;
  for (; at != NULL; at = at->parent) {
    if (at == subset->removed) return 0;
    if (at == subset->apex) inside = 1;
  }
  return inside;
}

static xmlChar **split(char *list) {
  size_t count = 0, room = strlen(list) / 2 + 2;
  xmlChar **prefixes = calloc(room, sizeof *prefixes);
  if (prefixes == NULL) exit(2);
  for (char *one = strtok(list, " "); one != NULL; one = strtok(NULL, " ")) prefixes[count++] = (xmlChar *) one;
  return prefixes;
}

static void answer_form(xmlDocPtr document) {
  unsigned char head[2];
  read_all(head, 2);
  struct subset subset;
  uint32_t apex = read_number(), removed = read_number(), length;
  char *list = read_block(&length);
  if (document == NULL) {
    write_number(NOTHING);
    free(list);
    return;
  }
  subset.apex = element_at(document, apex);
  subset.removed = element_at(document, removed);
  if ((apex != NOTHING && subset.apex == NULL) || (removed != NOTHING && subset.removed == NULL)) exit(3);
  xmlChar **prefixes = split(list);
  xmlOutputBufferPtr out = xmlAllocOutputBuffer(NULL);
  int whole = subset.apex == NULL && subset.removed == NULL;
  int done = xmlC14NExecute(document, whole ? NULL : is_visible, &subset, head[0], prefixes, head[1], out);
  if (done < 0) write_number(NOTHING);
  else {
    write_number((uint32_t) xmlOutputBufferGetSize(out));
    fwrite(xmlOutputBufferGetContent(out), 1, xmlOutputBufferGetSize(out), stdout);
  }
  xmlOutputBufferClose(out);
  free(prefixes);
  free(list);
}

int main(void) {
  xmlInitParser();
  xmlSetStructuredErrorFunc(NULL, note_error);
  for (;;) {
    unsigned char b[4];
    uint32_t forms;
    if (fread(b, 1, 4, stdin) != 4) break;
    uint32_t length = number_from(b);
    char *bytes = malloc((size_t) length + 1);
    if (bytes == NULL) exit(2);
    read_all(bytes, length);
    forms = read_number();
    first_error = 0;
    xmlParserCtxtPtr context = xmlNewParserCtxt();
    /* As xmllint and xmlsec1 read, but nothing is loaded and libxml2's own limits of size and depth are off. */
    xmlDocPtr document = xmlCtxtReadMemory(context, bytes, (int) length, NULL, NULL, XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_HUGE);
    if (first_error == 0 && (document == NULL || !context->wellFormed)) first_error = 1;
    xmlFreeParserCtxt(context);
    write_number(first_error);
    for (; forms > 0; forms -= 1) answer_form(first_error == 0 ? document : NULL);
    if (document != NULL) xmlFreeDoc(document);
    free(bytes);
  }
  return 0;
}
